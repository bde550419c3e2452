import { Prisma } from "#prisma";
import type { Ctx } from "#server/context.ts";
import { INVARIANTS, type Invariant } from "./invariants.ts";

export type InvariantResult = {
  no: number;
  name: string;
  ok: boolean;
  /** How many violations there are, and the first of them in words. */
  violations: number;
  examples: string[];
};

export type CheckReport = { ok: boolean; results: InvariantResult[] };

const EXAMPLES = 10;

/** The invariants that say something about these owners (all of them for null), and one query for every violation. */
export function violationsQuery(owners: string[] | null): { invariants: Invariant[]; query: Prisma.Sql } {
  const invariants = INVARIANTS.filter(({ wholeOnly }) => owners === null || !wholeOnly);
  const queries = invariants.map(
    (invariant) =>
      Prisma.sql`select ${invariant.no}::int as no, detail from (${invariant.violations(owners)}) as v(detail)`,
  );
  return { invariants, query: Prisma.join(queries, " union all ") };
}

/**
 * Checks the books against their promises: of the whole city, or of some owners and their agents as buyers and sellers.
 * All in one statement, so that all see one moment even while money moves. Reads only, except that it proves that
 * history cannot be changed by trying (and being refused).
 */
export async function checkInvariants(ctx: Pick<Ctx, "db">, input: { ownerIds?: string[] } = {}): Promise<CheckReport> {
  const { invariants, query } = violationsQuery(input.ownerIds ?? null);
  const rows = await ctx.db.$queryRaw<{ no: number; detail: string }[]>(query);
  const results = invariants.map(({ no, name }) => {
    const found = rows.filter((row) => row.no === no);
    return {
      no,
      name,
      ok: found.length === 0,
      violations: found.length,
      examples: found.slice(0, EXAMPLES).map((row) => row.detail),
    };
  });
  return { ok: rows.length === 0, results };
}
