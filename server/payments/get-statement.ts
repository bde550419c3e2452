import type { z } from "zod";
import type { OwnerActor } from "../auth/actor.ts";
import type { Ctx } from "../context.ts";
import { listPostings, type PostingRow } from "../ledger/list-postings.ts";
import { describePosting } from "./describe-posting.ts";
import { accountsOf } from "./list-transactions.ts";
import type { statementInput, statementView } from "./schema.ts";

const COLUMNS = ["time", "type", "description", "amount_usd", "from", "to", "task", "agent", "reference", "posting"];
const CHUNK = 1_000;

/** One calendar month (UTC) of an owner's postings as CSV, oldest first. */
export async function getStatement(
  ctx: Ctx<OwnerActor>,
  input: z.infer<typeof statementInput>,
): Promise<z.infer<typeof statementView>> {
  const accounts = await accountsOf(ctx);
  const mine = new Set(accounts);
  const lines: string[] = [];
  for await (const row of postingsOf(ctx, accounts, input.month)) {
    const { type, description, amount, from, to, taskId, agentId } = describePosting(row, mine);
    const cells = [row.at, type, description, dollars(amount), from, to, taskId, agentId, row.reference, row.id];
    lines.push(cells.map(cell).join(","));
  }
  const csv = `${[COLUMNS.join(","), ...lines.reverse()].join("\r\n")}\r\n`;
  return { filename: `ai-city-${input.month}.csv`, csv };
}

async function* postingsOf(ctx: Ctx, accounts: string[], month: string): AsyncIterable<PostingRow> {
  const since = new Date(`${month}-01T00:00:00Z`);
  const until = new Date(Date.UTC(since.getUTCFullYear(), since.getUTCMonth() + 1, 1));
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const page = await listPostings(ctx, {
      accounts,
      limit: CHUNK,
      since: since.toISOString(),
      until: until.toISOString(),
      ...(cursor !== undefined && { cursor }),
    });
    yield* page.data;
    cursor = page.nextCursor;
  }
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
