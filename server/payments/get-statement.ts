import type { z } from "zod";
import { Prisma } from "#prisma";
import type { OwnerActor } from "../auth/actor.ts";
import { type Ctx, cityNow } from "../context.ts";
import type { Cents } from "../kernel/money.ts";
import { askLedger } from "../ledger/ask-ledger.ts";
import { listPostings, type PostingRow } from "../ledger/list-postings.ts";
import { describePosting, isFree } from "./describe-posting.ts";
import { accountsOf } from "./list-transactions.ts";
import type { statementInput, statementView } from "./schema.ts";

const HEADER = "time,type,description,amount_usd,balance_usd,from,to,task,agent,reference,posting";
const CHUNK = 1_000;

type Month = { since: Date; until: Date };

/**
 * One calendar month (UTC) as CSV, oldest first: the postings that changed what the owner can spend or withdraw, between
 * the balance before and the balance after. The amounts add up to the difference of the two.
 */
export async function getStatement(
  ctx: Ctx<OwnerActor>,
  input: z.infer<typeof statementInput>,
): Promise<z.infer<typeof statementView>> {
  const accounts = (await accountsOf(ctx)).filter(isFree);
  const mine = new Set(accounts);
  const month = await readMonth(ctx, input.month);
  let balance = await readBalance(ctx, accounts, month.since);
  const lines = [[month.since.toISOString(), "opening_balance", "Balance before", null, dollars(balance)]];
  for (const row of (await readPostings(ctx, accounts, month)).reverse()) {
    const { type, description, amount, from, to, taskId, agentId } = describePosting(row, mine);
    balance += amount;
    const figures = [dollars(amount), dollars(balance)];
    lines.push([row.at, type, description, ...figures, from, to, taskId, agentId, row.reference, row.id]);
  }
  lines.push([month.until.toISOString(), "closing_balance", "Balance after", null, dollars(balance)]);
  const width = HEADER.split(",").length;
  const rows = lines.map((cells) => Array.from({ length: width }, (_, at) => cell(cells[at] ?? null)).join(","));
  return { filename: `ai-city-${input.month}.csv`, csv: `${[HEADER, ...rows].join("\r\n")}\r\n` };
}

/** From the month's first moment to its end, or to now while it lasts. */
async function readMonth(ctx: Ctx, month: string): Promise<Month> {
  const since = new Date(`${month}-01T00:00:00Z`);
  const end = Date.UTC(since.getUTCFullYear(), since.getUTCMonth() + 1, 1);
  const now = (await cityNow(ctx)).getTime();
  return { since, until: new Date(Math.max(since.getTime(), Math.min(end, now))) };
}

/** What the accounts had together before a moment. */
async function readBalance(ctx: Ctx, accounts: string[], before: Date): Promise<Cents> {
  const { balance } = await askLedger<{ balance: Cents }>(
    ctx,
    Prisma.sql`
      select coalesce(sum(e.amount), 0)::bigint as balance
      from ledger.account a
      join ledger.entry e on e.account_id = a.id
      join ledger.transaction t on t.id = e.transaction_id
      where a.name = any (${accounts}::text[]) and t.at < ${before}`,
  );
  return balance;
}

/** Newest first, as the ledger lists them. */
async function readPostings(ctx: Ctx, accounts: string[], { since, until }: Month): Promise<PostingRow[]> {
  const rows: PostingRow[] = [];
  const time = { since: since.toISOString(), until: until.toISOString() };
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const page = await listPostings(ctx, { accounts, limit: CHUNK, ...time, ...(cursor !== undefined && { cursor }) });
    rows.push(...page.data);
    cursor = page.nextCursor;
  }
  return rows;
}

/**
 * Quoted where CSV needs it. A text that a spreadsheet would take for a formula gets an apostrophe in front; an amount
 * is a number of our own making and stays one.
 */
export function cell(value: string | null): string {
  const text = value ?? "";
  const safe = /^[=+\-@\t\r]/.test(text) && !/^-?\d+\.\d\d$/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function dollars(cents: number): string {
  const sign = cents < 0 ? "-" : "";
  const amount = Math.abs(cents);
  return `${sign}${Math.floor(amount / 100)}.${String(amount % 100).padStart(2, "0")}`;
}
