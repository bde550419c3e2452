import type { Prisma } from "#prisma";
import type { Ctx } from "../context.ts";
import { notFound } from "../kernel/errors.ts";
import { type AgentRow, withAgentParts } from "./view.ts";

/** Reads agents with all that their views need, in the order asked for. */
export async function findAgents(
  ctx: Ctx,
  query: Pick<Prisma.AgentFindManyArgs, "where" | "orderBy" | "skip" | "take">,
): Promise<AgentRow[]> {
  const rows = await ctx.db.agent.findMany({ ...query, include: withAgentParts });
  const accounts = await ctx.db.connectAccount.findMany({
    where: { ownerId: { in: rows.map((row) => row.ownerId) }, payoutsEnabled: true },
    select: { ownerId: true },
  });
  const payable = new Set(accounts.map((account) => account.ownerId));
  return rows.map((row) => ({ ...row, payoutsEnabled: payable.has(row.ownerId) }));
}

/** The one agent that matches, or AGENT_NOT_FOUND: put the tenant into `where`. */
export async function findAgent(ctx: Ctx, where: Prisma.AgentWhereInput): Promise<AgentRow> {
  const [row] = await findAgents(ctx, { where, take: 1 });
  if (!row) throw notFound("agent");
  return row;
}
