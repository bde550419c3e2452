import type { z } from "zod";
import type { Prisma } from "#prisma";
import type { Party } from "../auth/actor.ts";
import type { Ctx } from "../context.ts";
import { makePage, type Page } from "../kernel/pages.ts";
import type { disputeSummary, listDisputesInput } from "./schema.ts";
import { roleOf, viewListed, withParties } from "./view.ts";

/** The disputes the caller is a party to, newest first, without their evidence; all of them for an operator. */
export async function listDisputes(
  ctx: Ctx<Party>,
  input: z.infer<typeof listDisputesInput>,
): Promise<Page<z.infer<typeof disputeSummary>>> {
  const where = { ...visibleTo(ctx.actor), ...(input.status && { status: input.status }) };
  const total = await ctx.db.dispute.count({ where });
  const rows = await ctx.db.dispute.findMany({
    where,
    include: withParties,
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    skip: (input.page - 1) * input.pageSize,
    take: input.pageSize,
  });
  const views = rows.flatMap((row) => {
    const role = roleOf(row, ctx.actor);
    return role ? [viewListed(row, role)] : [];
  });
  return makePage(views, total, input);
}

function visibleTo(actor: Party): Prisma.DisputeWhereInput {
  if (actor.kind === "agent")
    return { OR: [{ task: { buyerAgentId: actor.agentId } }, { againstAgentId: actor.agentId }] };
  if (actor.role === "operator") return {};
  return { OR: [{ task: { buyerOwnerId: actor.ownerId } }, { againstOwner: actor.ownerId }] };
}
