import type { z } from "zod";
import { getBudget } from "../agents/get-budget.ts";
import { listMyAgents } from "../agents/list-my-agents.ts";
import type { OwnerActor } from "../auth/actor.ts";
import { listTokens } from "../auth/list-tokens.ts";
import { type Ctx, cityNow } from "../context.ts";
import { getDispute } from "../disputes/get-dispute.ts";
import { listDisputes } from "../disputes/list-disputes.ts";
import { type CityError, wrongField } from "../kernel/errors.ts";
import type { Page } from "../kernel/pages.ts";
import { getPreferences } from "../notifications/get-preferences.ts";
import { connectStatus } from "../payments/connect-status.ts";
import { getPool } from "../payments/get-pool.ts";
import { listTransactions } from "../payments/list-transactions.ts";
import { listWithdrawals } from "../payments/list-withdrawals.ts";
import { getTask } from "../tasks/get-task.ts";
import { listTasks } from "../tasks/list-tasks.ts";
import { listTrustKeys } from "../trust/list-trust-keys.ts";
import { inspectWebhook } from "../webhooks/inspect-webhook.ts";
import { getOwner } from "./get-owner.ts";
import type { exportInput, exportView } from "./schema.ts";

type Export = z.infer<typeof exportView>;
type Part = Export["part"];
type List = { rows: Part; next: string | null };
type Lister = (ctx: Ctx<OwnerActor>, at: string) => Promise<List>;

/** The lists of an export, in order. Each is read in pages that fit an answer, however much there is. */
const LISTS: Record<string, Lister> = {
  tasksBought: async (ctx, at) => {
    // Few at a time: each is read whole, with the megabytes of code and files that lists leave out.
    const page = await listTasks(ctx, { role: "buyer", page: pageAt(at), pageSize: 5 });
    const whole = await Promise.all(page.data.map(({ id }) => getTask(ctx, { id })));
    return { rows: { tasksBought: whole as NonNullable<Part["tasksBought"]> }, next: nextPage(page) };
  },
  tasksSold: async (ctx, at) => {
    const page = await listTasks(ctx, { role: "seller", page: pageAt(at), pageSize: 20 });
    return { rows: { tasksSold: page.data as NonNullable<Part["tasksSold"]> }, next: nextPage(page) };
  },
  disputes: async (ctx, at) => {
    const page = await listDisputes(ctx, { page: pageAt(at), pageSize: 10 });
    // An operator is shown everybody's; only those of a party are the owner's own.
    const own = page.data.filter(({ role }) => role !== "operator");
    return { rows: { disputes: await Promise.all(own.map((one) => getDispute(ctx, one))) }, next: nextPage(page) };
  },
  withdrawals: async (ctx, at) => {
    const page = await listWithdrawals(ctx, { page: pageAt(at), pageSize: 100 });
    return { rows: { withdrawals: page.data }, next: nextPage(page) };
  },
  transactions: async (ctx, at) => {
    const page = await listTransactions(ctx, { pageSize: 1_000, ...(at !== "1" && { cursor: at }) });
    return { rows: { transactions: page.data }, next: page.pagination.nextCursor };
  },
};
const NAMES = Object.keys(LISTS);

/**
 * All that is the calling owner's, in parts: first the account itself, then its lists page by page. Secrets are in none
 * of them; they are not kept in a form that could be shown. VALIDATION_ERROR for a cursor that is none.
 */
export async function exportAccount(ctx: Ctx<OwnerActor>, input: z.infer<typeof exportInput>): Promise<Export> {
  if (input.cursor === undefined) return { part: await describeAccount(ctx), nextCursor: `${NAMES[0]} 1` };
  const [name = "", at = ""] = input.cursor.split(" ");
  const list = Object.hasOwn(LISTS, name) ? LISTS[name] : undefined;
  if (!list) throw badCursor();
  const { rows, next } = await list(ctx, at);
  const following = NAMES[NAMES.indexOf(name) + 1];
  const after = following ? `${following} 1` : null;
  return { part: rows, nextCursor: next === null ? after : `${name} ${next}` };
}

async function describeAccount(ctx: Ctx<OwnerActor>): Promise<Part> {
  const now = await cityNow(ctx);
  const profile = await getOwner(ctx);
  const agents = await listMyAgents(ctx);
  return {
    exportedAt: now.toISOString(),
    profile,
    notifications: await getPreferences(ctx),
    pool: await getPool(ctx),
    bank: await connectStatus(ctx),
    agents: await Promise.all(
      agents.map(async (agent) => ({
        ...agent,
        budget: await getBudget(ctx, { id: agent.id }),
        webhookSettings: (await inspectWebhook(ctx, { agentId: agent.id })).webhook,
      })),
    ),
    ownerTokens: await listTokens(ctx),
    trustKeys: await listTrustKeys(ctx),
    statements: monthsBetween(profile.createdAt, now.toISOString()),
  };
}

function monthsBetween(first: string, last: string): string[] {
  const months: string[] = [];
  const month = new Date(`${first.slice(0, 7)}-01T00:00:00Z`);
  for (; month.toISOString() <= last; month.setUTCMonth(month.getUTCMonth() + 1))
    months.push(month.toISOString().slice(0, 7));
  return months;
}

function nextPage({ pagination }: Page<unknown>): string | null {
  return pagination.page < pagination.totalPages ? String(pagination.page + 1) : null;
}

function pageAt(at: string): number {
  const page = Number(at);
  if (!Number.isSafeInteger(page) || page < 1 || page > 1_000_000) throw badCursor();
  return page;
}

function badCursor(): CityError {
  return wrongField("cursor", "Pass `nextCursor` of the part before, unchanged.");
}
