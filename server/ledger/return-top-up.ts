import { Prisma } from "#prisma";
import type { Ctx } from "#server/context.ts";
import type { Cents } from "#server/kernel/money.ts";
import { type Posted, postMove } from "./ask-ledger.ts";

/**
 * Locks what the returns of several top-ups move, in the order of names: one by one they would lock cash in the order of
 * the top-ups, and two owners who send money back at once could wait for each other.
 */
export async function lockReturns(ctx: Pick<Ctx, "db">, input: { ownerId: string; topUpIds: string[] }): Promise<void> {
  await ctx.db.$executeRaw`
    select ledger.lock_accounts(array_agg(ledger.shard('cash', id)) || ${`pool:${input.ownerId}`}::text)
    from unnest(${input.topUpIds}::text[]) as id`;
}

/**
 * Takes unspent card money (cents) out of the pool, on its way back to the card. Posted before the card company is asked:
 * this transaction is the intent, and `undoMove` takes it back if the answer is no. Once per `key`.
 */
export function returnTopUp(
  ctx: Pick<Ctx, "db">,
  input: { topUpId: string; key: string; ownerId: string; amount: Cents },
): Promise<Posted> {
  return postMove(
    ctx,
    Prisma.sql`ledger.return_top_up(${input.topUpId}, ${input.key}, ${input.ownerId}, ${input.amount}::bigint)`,
  );
}
