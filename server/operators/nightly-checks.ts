import type { z } from "zod";
import type { Ctx } from "../context.ts";
import { verifyChain } from "../ledger/verify-chain.ts";
import { compareCash } from "../payments/compare-cash.ts";
import type { nightlyChecks } from "./schema.ts";

type Finding = { facts: Record<string, number>; problems: string[] };

/** Cash in the books against everything the card company knows. */
export async function checkCash(ctx: Ctx): Promise<{ ok: boolean }> {
  const { ok: _, ...facts } = await compareCash(ctx);
  const problems = [
    { cents: facts.difference, are: "of cash in the books are explained by nothing" },
    {
      cents: facts.overdue,
      are: "that came in, went back to cards or went to sellers, or should have, are not settled after days",
    },
    { cents: facts.stranded, are: "have come to closed accounts, where nobody can reach them" },
  ].flatMap(({ cents, are }) => (cents === 0 ? [] : [`${cents} cents ${are}.`]));
  return keep(ctx, "cash", { facts, problems });
}

/** Every seal of the hash chain against the rows it covers. */
export async function checkChain(ctx: Ctx): Promise<{ ok: boolean }> {
  const { seals, transactions, unsealed, problems } = await verifyChain(ctx);
  return keep(ctx, "chain", { facts: { seals, transactions, unsealed }, problems });
}

/** Keeps a result for the operator's page; a bad one is an error in the log too, as a broken invariant is. */
async function keep(ctx: Ctx, what: "cash" | "chain", { facts, problems }: Finding): Promise<{ ok: boolean }> {
  const ok = problems.length === 0;
  if (!ok) ctx.log.error({ check: what, facts, problems }, "the books do not check out");
  await ctx.db.$executeRaw`
    insert into payments.book_check (what, ok, facts, problems, checked_at)
    values (${what}, ${ok}, ${JSON.stringify(facts)}::jsonb, ${problems}, city_now())
    on conflict (what) do update set ok = excluded.ok, facts = excluded.facts, problems = excluded.problems,
      checked_at = excluded.checked_at`;
  return { ok };
}

/** What the last night's checks found; none before the first night. */
export async function listNightlyChecks(ctx: Pick<Ctx, "db">): Promise<z.infer<typeof nightlyChecks>> {
  const rows = await ctx.db.$queryRaw<(Finding & { what: "cash" | "chain"; ok: boolean; checkedAt: Date })[]>`
    select what, ok, facts, problems, checked_at as "checkedAt" from payments.book_check order by what`;
  return rows.map(({ checkedAt, ...row }) => ({ ...row, checkedAt: checkedAt.toISOString() }));
}
