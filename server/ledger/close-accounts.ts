import { Prisma } from "#prisma";
import type { Ctx } from "#server/context.ts";
import type { Cents } from "#server/kernel/money.ts";
import { agentAccounts, ownerAccounts } from "./accounts.ts";
import { type Posted, postMove } from "./ask-ledger.ts";

/**
 * Locks every account of an owner and of its agents until the transaction ends: what is read afterwards stays true,
 * and whoever wants to move money of theirs waits. Tasks are locked before, as everywhere.
 */
export async function lockOwnerAccounts(
  ctx: Pick<Ctx, "db">,
  input: { ownerId: string; agentIds: string[] },
): Promise<void> {
  const names = [...ownerAccounts(input.ownerId), ...input.agentIds.flatMap(agentAccounts)];
  await ctx.db.$executeRaw`select ledger.lock_accounts(${names}::text[])`;
}

/**
 * Gives up what can never be paid out, with its owner's consent: granted credits, what a chargeback left of a top-up,
 * or earnings below the smallest withdrawal. It goes back to where grants come from, as a move like any other. Once for
 * each account.
 */
export function giveUpBalance(
  ctx: Pick<Ctx, "db">,
  input: { ownerId: string; account: string; amount: Cents },
): Promise<Posted> {
  const { ownerId, account, amount } = input;
  return postMove(
    ctx,
    Prisma.sql`ledger.transfer(
      ${`owner:${ownerId}:given_up:${account}`}, 'given_up', ${account}, ledger.shard('promo', ${ownerId}),
      ${amount}::bigint, 'given_up')`,
  );
}
