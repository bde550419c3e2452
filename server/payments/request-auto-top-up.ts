import { type Ctx, cityNow, emit, inTransaction } from "../context.ts";
import { newId } from "../kernel/ids.ts";
import type { Cents } from "../kernel/money.ts";
import { readPool } from "../ledger/read-pool.ts";

/**
 * Starts an automatic top-up when the owner wants one and the pool is below the threshold, or below `needed` (cents).
 * However many callers race, one is in flight at a time: they meet at the lock of the owner's one row. The card of
 * an owner in debt is left alone (its bank has just taken money back), and so is a closed one's.
 * Returns whether a top-up is on its way, this one or an earlier one, or what was `needed` is there by now.
 */
export async function requestAutoTopUp(ctx: Ctx, input: { ownerId: string; needed?: Cents }): Promise<boolean> {
  const wanted = await ctx.db.autoTopUp.findUnique({ where: { ownerId: input.ownerId }, select: { enabled: true } });
  if (!wanted?.enabled) return false;
  return inTransaction(ctx, async (tx) => {
    const [owner] = await tx.db.$queryRaw<[{ closed: boolean }]>`
      select closed_at is not null as closed from owner where id = ${input.ownerId} for share`;
    if (owner.closed) return false;
    await tx.db.$queryRaw`select 1 from auto_top_up where owner_id = ${input.ownerId} for update`;
    const auto = await tx.db.autoTopUp.findUniqueOrThrow({ where: { ownerId: input.ownerId } });
    if (!auto.enabled) return false;
    if (auto.inFlightId) return true;
    const { balance, debt } = await readPool(tx, input.ownerId);
    if (debt > 0) return false;
    // Whoever was refused finds that one has arrived meanwhile: trying again helps, as with one on its way.
    if (balance >= Math.max(auto.threshold, input.needed ?? 0)) return input.needed !== undefined;
    if (await aboveCap(tx, auto)) return false;

    const id = newId();
    const createdAt = await cityNow(tx);
    await tx.db.topUp.create({
      data: { id, ownerId: input.ownerId, amount: auto.reloadAmount, kind: "auto", createdAt },
    });
    await tx.db.autoTopUp.update({ where: { ownerId: input.ownerId }, data: { inFlightId: id } });
    await emit(tx, "payments/auto-top-up-requested", { topUpId: id });
    return true;
  });
}

/** Whether one more would pass the cap of this calendar month (UTC). */
async function aboveCap(
  ctx: Ctx,
  auto: { ownerId: string; reloadAmount: Cents; monthlyCap: Cents | null },
): Promise<boolean> {
  if (auto.monthlyCap === null) return false;
  const [{ spent }] = await ctx.db.$queryRaw<[{ spent: bigint }]>`
    select coalesce(sum(amount), 0)::bigint as spent from top_up
    where owner_id = ${auto.ownerId} and kind = 'auto' and status in ('pending', 'paid', 'charged_back')
      and created_at >= date_trunc('month', city_now() at time zone 'UTC') at time zone 'UTC'`;
  return Number(spent) + auto.reloadAmount > auto.monthlyCap;
}
