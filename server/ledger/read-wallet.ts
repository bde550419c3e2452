import { Prisma } from "#prisma";
import type { Ctx } from "#server/context.ts";
import type { Cents } from "#server/kernel/money.ts";
import { askLedgerRows } from "./ask-ledger.ts";

export type WalletBalances = {
  /** Free to withdraw. */
  available: Cents;
  /** Earned, inside the buyer's refund window. */
  escrowed: Cents;
  /** Frozen while a dispute is open. */
  disputed: Cents;
  /** Owed to the city; later earnings repay it, and any wallet of the owner's before a withdrawal. */
  debt: Cents;
  /** Everything earned after fees, less what was refunded to buyers. */
  lifetimeEarned: Cents;
};

/** An agent's balances in cents, all from one snapshot. */
export async function readWallet(ctx: Pick<Ctx, "db">, agentId: string): Promise<WalletBalances> {
  const [wallet] = await readWallets(ctx, [agentId]);
  if (!wallet) throw new Error("The ledger left out a wallet.");
  const { agentId: _, ...balances } = wallet;
  return balances;
}

/** The balances of several agents, in the order asked for. */
export function readWallets(
  ctx: Pick<Ctx, "db">,
  agentIds: string[],
): Promise<(WalletBalances & { agentId: string })[]> {
  return askLedgerRows(ctx, Prisma.sql`select * from ledger.wallets(${agentIds}::text[])`);
}
