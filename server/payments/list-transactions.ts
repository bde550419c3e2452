import type { z } from "zod";
import type { Party } from "../auth/actor.ts";
import type { Ctx } from "../context.ts";
import { notFound } from "../kernel/errors.ts";
import { agentAccounts, ownerAccounts } from "../ledger/accounts.ts";
import { listPostings } from "../ledger/list-postings.ts";
import { describePosting } from "./describe-posting.ts";
import type { listTransactionsInput, transactionPage } from "./schema.ts";

/** Every posting that touched the caller, newest first: an owner with all its agents, or one agent. */
export async function listTransactions(
  ctx: Ctx<Party>,
  input: z.infer<typeof listTransactionsInput>,
): Promise<z.infer<typeof transactionPage>> {
  const accounts = await accountsOf(ctx, input.agentId);
  const mine = new Set(accounts);
  const { account } = input;
  const page = await listPostings(ctx, {
    accounts: account ? accounts.filter((name) => name.startsWith(`${account}:`)) : accounts,
    limit: input.pageSize,
    ...(input.cursor !== undefined && { cursor: input.cursor }),
    ...(input.taskId !== undefined && { taskId: input.taskId }),
  });
  return {
    data: page.data.map((row) => ({ id: row.id, ...describePosting(row, mine), createdAt: row.at })),
    pagination: { pageSize: input.pageSize, nextCursor: page.nextCursor },
  };
}

/** The caller's accounts in the ledger, or those of one of its agents. */
export async function accountsOf(ctx: Ctx<Party>, agentId?: string): Promise<string[]> {
  const { actor } = ctx;
  if (actor.kind === "agent") {
    if (agentId && agentId !== actor.agentId) throw notFound("agent");
    return agentAccounts(actor.agentId);
  }
  const agents = await ctx.db.agent.findMany({ where: { ownerId: actor.ownerId }, select: { id: true } });
  const ids = agents.map((agent) => agent.id);
  if (agentId === undefined) return [...ownerAccounts(actor.ownerId), ...ids.flatMap(agentAccounts)];
  if (!ids.includes(agentId)) throw notFound("agent");
  return agentAccounts(agentId);
}
