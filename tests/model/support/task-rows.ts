import { setTimeout as pause } from "node:timers/promises";
import { PATIENT, until } from "#tests/support/until.ts";
import type { MoneyCity } from "./money-city.ts";

/** What a task's row says about its money; moments in milliseconds, 0 for those that have not come. */
export type TaskRow = {
  id: string;
  status: string;
  failureReason: string | null;
  agentId: string | null;
  deadlineAt: number;
  completedAt: number;
  feedbackUntil: number;
  escrowReleasesAt: number;
  escrowReleased: boolean;
  qualityScore: number;
  quotedCents: number;
  disputeStatus: string | null;
  disputeResolvedBy: string | null;
};

const ms = (column: string) => `coalesce(extract(epoch from ${column}) * 1000, 0)::float8`;

const ROWS = `
  select t.id, t.status::text, t.failure_reason::text as "failureReason", t.agent_id as "agentId",
    ${ms("t.deadline_at")} as "deadlineAt", ${ms("t.completed_at")} as "completedAt",
    ${ms("t.feedback_until")} as "feedbackUntil", ${ms("t.escrow_releases_at")} as "escrowReleasesAt",
    t.escrow_released_at is not null as "escrowReleased", coalesce(t.quality_score, 0) as "qualityScore",
    coalesce(t.quoted_cents, 0) as "quotedCents", d.status::text as "disputeStatus", d.resolved_by as "disputeResolvedBy"
  from task t left join dispute d on d.task_id = t.id where t.id = any($1)`;

export async function readTasks(city: MoneyCity, ids: string[]): Promise<TaskRow[]> {
  if (ids.length === 0) return [];
  const { rows } = await city.database.pool.query<TaskRow>({ name: "model-task-rows", text: ROWS, values: [ids] });
  return rows;
}

/** Waits until a task's row is as wanted; looks whenever the city tells that something happened to it. */
export async function untilTask(
  city: MoneyCity,
  id: string,
  what: string,
  fits: (row: TaskRow) => boolean,
): Promise<TaskRow> {
  let told = Promise.withResolvers<void>();
  const stop = city.ctx().live.watch(id, () => told.resolve());
  const look = async () => {
    const [row] = await readTasks(city, [id]);
    return row && fits(row) && row;
  };
  try {
    // What was told between a look and the wait for it is seen half a second later.
    const between = async () => {
      await Promise.race([told.promise, pause(500)]);
      told = Promise.withResolvers();
    };
    return await until(`task ${id} ${what}`, look, { ...PATIENT, between });
  } finally {
    stop();
  }
}
