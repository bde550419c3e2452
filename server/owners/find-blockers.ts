import type { z } from "zod";
import type { Ctx } from "../context.ts";
import { OPEN_IN_SQL } from "../disputes/states.ts";
import { readPool } from "../ledger/read-pool.ts";
import { readWallets } from "../ledger/read-wallet.ts";
import { readReturnable } from "../payments/read-returnable.ts";
import { COMMITTED, inSql, UNFINISHED } from "../tasks/states.ts";
import type { closingView } from "./schema.ts";

type Closing = z.infer<typeof closingView>;
type Counted = { count: number; cents: number };
type Work = Record<"holds" | "work" | "escrow" | "disputes" | "withdrawals" | "topUps" | "returns", Counted>;

/** What can never be paid out: where it stands, in cents. */
export type Unpayable = { account: string; amount: number }[];

/**
 * What stands in the way of closing an owner's account, each with how many and how much; and what of the balance cannot
 * be paid out at all, so that the owner may give it up: credits that no card paid for, what a chargeback left of a
 * top-up, earnings below the smallest withdrawal.
 */
export async function findBlockers(
  ctx: Ctx,
  input: { ownerId: string; agentIds: string[] },
): Promise<Closing & { unpayable: Unpayable }> {
  const { ownerId, agentIds } = input;
  const pool = await readPool(ctx, ownerId);
  const { wallets, debts } = repay(agentIds.length > 0 ? await readWallets(ctx, agentIds) : [], pool.debt);
  const work = await countWork(ctx, ownerId);
  const sum = (key: "available" | "escrowed") => total(wallets.map((wallet) => wallet[key]));

  const cards = total((await readReturnable(ctx, ownerId)).map(({ returnable }) => returnable));
  const small = sum("available") < ctx.settings.money.minimumWithdrawal ? wallets : [];
  const unpayable = [
    { account: `pool:${ownerId}`, amount: Math.max(0, pool.balance - cards) },
    ...small.map(({ agentId, available }) => ({ account: `wallet:${agentId}`, amount: available })),
  ].filter(({ amount }) => amount > 0);

  const funded = (cents: number) => (cents > 0 ? 1 : 0);
  const found = [
    { kind: "holds", count: work.holds.count, amount: pool.held },
    { kind: "work", count: work.work.count, amount: work.work.cents },
    { kind: "escrow", count: work.escrow.count, amount: sum("escrowed") },
    { kind: "disputes", count: work.disputes.count, amount: work.disputes.cents },
    { kind: "debt", count: debts.filter((debt) => debt > 0).length, amount: total(debts) },
    { kind: "withdrawals", count: work.withdrawals.count, amount: pool.payoutInFlight },
    { kind: "top_ups", count: work.topUps.count, amount: work.topUps.cents },
    { kind: "returns", count: work.returns.count, amount: work.returns.cents },
    {
      kind: "balance",
      count: funded(pool.balance) + wallets.filter(({ available }) => available > 0).length,
      amount: pool.balance + sum("available"),
    },
  ] as const;
  return {
    blockers: found.filter(({ count, amount }) => count > 0 || amount > 0),
    canBeGivenUp: total(unpayable.map(({ amount }) => amount)),
    unpayable,
  };
}

type Wallets = Awaited<ReturnType<typeof readWallets>>;

/** Wallets and debts as closing finds them: what lies in the wallets has repaid what their agents and the owner owe. */
function repay(wallets: Wallets, ownerDebt: number): { wallets: Wallets; debts: number[] } {
  const debts = [...wallets.map(({ debt }) => debt), ownerDebt];
  const repaid = Math.min(total(debts), total(wallets.map(({ available }) => available)));
  const lessWhatRepays = takeOff(repaid);
  return {
    wallets: wallets.map((wallet) => ({ ...wallet, available: lessWhatRepays(wallet.available) })),
    debts: debts.map(takeOff(repaid)),
  };
}

/** Takes a sum off one amount after another; what is left of each. */
function takeOff(sum: number): (amount: number) => number {
  let left = sum;
  return (amount) => {
    const part = Math.min(amount, left);
    left -= part;
    return amount - part;
  };
}

function total(amounts: number[]): number {
  return amounts.reduce((sum, amount) => sum + amount, 0);
}

async function countWork(ctx: Ctx, ownerId: string): Promise<Work> {
  const rows = await ctx.db.$queryRaw<({ kind: keyof Work } & Counted)[]>`
    select 'holds' as kind, count(*)::int as count, coalesce(sum(max_budget), 0)::int as cents from task
      where buyer_owner_id = ${ownerId} and status in ${inSql(UNFINISHED)}
    union all
    select 'work', count(*)::int, coalesce(sum(quoted_cents), 0)::int from task
      where seller_owner_id = ${ownerId} and status in ${inSql(COMMITTED)}
    union all
    select 'escrow', count(*)::int, 0 from task
      where seller_owner_id = ${ownerId} and status = 'completed' and escrow_released_at is null
    union all
    select 'disputes', count(*)::int, coalesce(sum(t.credits_charged), 0)::int
      from dispute d join task t on t.id = d.task_id
      where (d.opened_by_owner = ${ownerId} or d.against_owner = ${ownerId}) and d.status in ${OPEN_IN_SQL}
    union all
    select 'withdrawals', count(*)::int, 0 from withdrawal
      where owner_id = ${ownerId} and status in ('requested', 'processing')
    union all
    select 'topUps', count(*)::int, coalesce(sum(amount), 0)::int from top_up
      where owner_id = ${ownerId} and status = 'pending'
    union all
    select 'returns', count(*)::int, coalesce(sum(amount), 0)::int from payments.card_return
      where owner_id = ${ownerId} and settled_at is null`;
  return Object.fromEntries(rows.map(({ kind, count, cents }) => [kind, { count, cents }])) as Work;
}
