import { Prisma } from "#prisma";
import type { Ctx } from "../context.ts";
import { CityError } from "../kernel/errors.ts";
import { type Cents, formatCents } from "../kernel/money.ts";
import { askLedgerRows } from "../ledger/ask-ledger.ts";
import type { Sources } from "./view-withdrawal.ts";

/**
 * Which wallets a withdrawal takes how much from: the oldest earnings first. In each wallet the first money in counts as
 * the first money out, so what is left of each earning follows from the running sum of what came in and the total that
 * went out. Throws INSUFFICIENT_CREDITS when the wallets together have less.
 */
export async function chooseSources(ctx: Ctx, input: { agentIds: string[]; amount: Cents }): Promise<Sources> {
  const wallets = input.agentIds.map((id) => `wallet:${id}`);
  const lots = await askLedgerRows<{ agentId: string; amount: Cents }>(
    ctx,
    Prisma.sql`
      with arrivals as (
        select a.name, a.id, p.transaction_id, p.amount,
               sum(p.amount) over (partition by a.id order by p.to_version) as arrived,
               (select coalesce(sum(o.amount), 0) from ledger.posting o where o.from_account = a.id) as gone
        from ledger.account a join ledger.posting p on p.to_account = a.id
        where a.name = any (${wallets}::text[]))
      select substr(name, 8) as "agentId", least(amount, arrived - gone)::bigint as amount
      from arrivals where arrived > gone order by transaction_id, name`,
  );
  const taken = new Map<string, Cents>();
  let left = input.amount;
  for (const lot of lots) {
    const part = Math.min(left, lot.amount);
    if (part === 0) break;
    taken.set(lot.agentId, (taken.get(lot.agentId) ?? 0) + part);
    left -= part;
  }
  if (left > 0) {
    const available = input.amount - left;
    throw new CityError("INSUFFICIENT_CREDITS", `Only ${formatCents(available)} can be withdrawn.`, {
      details: { required: input.amount, available },
    });
  }
  return [...taken].map(([agentId, amount]) => ({ agentId, amount }));
}
