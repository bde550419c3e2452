import { Prisma } from "#prisma";
import type { Ctx } from "#server/context.ts";
import type { Cents } from "#server/kernel/money.ts";
import { askLedger } from "./ask-ledger.ts";

export type PoolBalances = {
  /** Free to spend. */
  balance: Cents;
  /** Set aside for unfinished tasks. */
  held: Cents;
  /** Owed to the city after a chargeback; only an empty pool can stand beside it. */
  debt: Cents;
  /** Withdrawals on their way to the bank. */
  payoutInFlight: Cents;
};

/** An owner's balances in cents, all from one snapshot. */
export function readPool(ctx: Pick<Ctx, "db">, ownerId: string): Promise<PoolBalances> {
  return askLedger<PoolBalances>(
    ctx,
    Prisma.sql`select ledger.balance_of(${`pool:${ownerId}`}) as balance, ledger.balance_of(${`held:${ownerId}`}) as held,
      -ledger.balance_of(${`receivable:owner:${ownerId}`}) as debt,
      ledger.balance_of(${`payout_in_flight:${ownerId}`}) as "payoutInFlight"`,
  );
}
