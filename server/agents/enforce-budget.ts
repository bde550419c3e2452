import { Prisma } from "#prisma";
import type { Ctx } from "../context.ts";
import { runStatement } from "../db/statement.ts";
import { CityError } from "../kernel/errors.ts";
import { formatCents } from "../kernel/money.ts";
import { readSpent } from "./read-spent.ts";

/**
 * Refuses a task that would break one of the agent's limits: BUDGET_EXCEEDED says which limit and what is left.
 * Call it inside the hold's transaction, before the task is there. Where a limit is on a period, the budget's row stays
 * locked until the end of that, so that racing tasks count each other.
 */
export async function enforceBudget(ctx: Ctx, agentId: string, amount: number): Promise<void> {
  const [limits] = await runStatement<Limits[]>(
    ctx,
    Prisma.sql`select per_task, daily, weekly, monthly from agent_budget where agent_id = ${agentId}`,
  );
  if (!limits) return;
  if (limits.per_task !== null && amount > limits.per_task) refuse("perTask", limits.per_task, limits.per_task);
  if (limits.daily === null && limits.weekly === null && limits.monthly === null) return;
  await runStatement(ctx, Prisma.sql`select 1 from agent_budget where agent_id = ${agentId} for update`);
  const spent = await readSpent(ctx, agentId);
  for (const period of ["daily", "weekly", "monthly"] as const) {
    const limit = limits[period];
    if (limit !== null && spent[period] + amount > limit) refuse(period, limit, Math.max(0, limit - spent[period]));
  }
}

/** In cents; null is no limit. */
type Limits = Record<"per_task" | "daily" | "weekly" | "monthly", number | null>;

function refuse(limit: string, amount: number, left: number): never {
  throw new CityError("BUDGET_EXCEEDED", `This would pass the agent's ${limit} limit; ${formatCents(left)} is left.`, {
    details: { limit, amount, left },
  });
}
