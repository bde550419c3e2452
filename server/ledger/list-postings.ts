import { Prisma } from "#prisma";
import type { Ctx } from "#server/context.ts";
import { wrongField } from "#server/kernel/errors.ts";
import type { Cents } from "#server/kernel/money.ts";
import { askLedgerRows } from "./ask-ledger.ts";

export type PostingRow = {
  /** Opaque and stable: transaction and leg. */
  id: string;
  /** The business event, for example `task:<id>:charge`. */
  reference: string;
  kind: string;
  reason: string;
  from: string;
  to: string;
  amount: Cents;
  /** The balance of each side after this posting; meaningful to the owner of that side only. */
  fromBalance: Cents;
  toBalance: Cents;
  at: string;
};

export type PostingPage = { data: PostingRow[]; nextCursor: string | null };

const CURSOR = /^(\d{1,18})\.(\d{1,5})$/;

/**
 * Every posting that touched one of the accounts, newest first. `cursor` is the `nextCursor` of the page before;
 * `since` and `until` (ISO times, until exclusive) bound the time, `taskId` the business. VALIDATION_ERROR for a cursor
 * that is none.
 */
export async function listPostings(
  ctx: Pick<Ctx, "db">,
  input: { accounts: string[]; cursor?: string; limit: number; since?: string; until?: string; taskId?: string },
): Promise<PostingPage> {
  const rows = await askLedgerRows<Omit<PostingRow, "at"> & { at: Date }>(
    ctx,
    Prisma.sql`
      with mine as materialized (select id from ledger.account where name = any (${input.accounts}::text[]))
      select p.transaction_id || '.' || p.leg as id, t.reference, t.kind, p.reason, f.name as "from", d.name as "to",
             p.amount, p.from_balance as "fromBalance", p.to_balance as "toBalance", t.at
      from ledger.posting p
      join ledger.transaction t on t.id = p.transaction_id
      join ledger.account f on f.id = p.from_account
      join ledger.account d on d.id = p.to_account
      where (p.from_account in (select id from mine) or p.to_account in (select id from mine))
        ${before(input.cursor)}
        ${input.since ? Prisma.sql`and t.at >= ${input.since}::timestamptz` : Prisma.empty}
        ${input.until ? Prisma.sql`and t.at < ${input.until}::timestamptz` : Prisma.empty}
        ${input.taskId ? Prisma.sql`and t.reference > ${`task:${input.taskId}:`} and t.reference < ${`task:${input.taskId};`}` : Prisma.empty}
      order by p.transaction_id desc, p.leg desc
      limit ${input.limit + 1}`,
  );
  const data = rows.slice(0, input.limit).map((row) => ({ ...row, at: row.at.toISOString() }));
  return { data, nextCursor: rows.length > input.limit ? (data.at(-1)?.id ?? null) : null };
}

function before(cursor: string | undefined): Prisma.Sql {
  if (cursor === undefined) return Prisma.empty;
  const match = CURSOR.exec(cursor);
  if (!match) throw wrongField("cursor", "Pass `nextCursor` of the page before, unchanged.");
  return Prisma.sql`and (p.transaction_id, p.leg) < (${match[1]}::bigint, ${match[2]}::int)`;
}
