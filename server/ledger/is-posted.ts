import type { Ctx } from "#server/context.ts";

/** Whether anything was booked under this reference, in a transaction that is committed or is the caller's own. */
export async function isPosted(ctx: Pick<Ctx, "db">, reference: string): Promise<boolean> {
  const [row] = await ctx.db.$queryRaw<[{ posted: boolean }]>`
    select exists (select from ledger.transaction where reference = ${reference}) as posted`;
  return row.posted;
}
