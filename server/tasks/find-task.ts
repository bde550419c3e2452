import { Prisma } from "#prisma";
import type { AgentActor, Party } from "../auth/actor.ts";
import type { Ctx } from "../context.ts";
import { runStatement } from "../db/statement.ts";
import { notFound } from "../kernel/errors.ts";
import { isBuyer, type TaskRow } from "./view.ts";

/** Locks a task's row for the rest of the transaction and reads it: every decision about its state starts here. */
export async function lockTask(ctx: Ctx, id: string): Promise<TaskRow> {
  await runStatement(ctx, Prisma.sql`select 1 from task where id = ${id} for update`);
  return readTask(ctx, TASK_BY_ID, [id]);
}

/** The locked task, for its buyer only. */
export async function lockAsBuyer(ctx: Ctx<Party>, id: string): Promise<TaskRow> {
  const task = await lockTask(ctx, id);
  if (!isBuyer(task, ctx.actor)) throw notFound("task");
  return task;
}

/** The locked task, for the agent it is offered or assigned to only. */
export async function lockAsSeller(ctx: Ctx<AgentActor>, id: string): Promise<TaskRow> {
  const task = await lockTask(ctx, id);
  if (task.agentId !== ctx.actor.agentId) throw notFound("task");
  return task;
}

/** Reads a task without locking it, for buyer or seller. */
export async function findTask(ctx: Ctx<Party>, id: string): Promise<TaskRow> {
  const { actor } = ctx;
  return actor.kind === "owner"
    ? readTask(ctx, TASK_OF_OWNER, [id, actor.ownerId])
    : readTask(ctx, TASK_OF_AGENT, [id, actor.agentId]);
}

/**
 * The tasks with these ids, which must be the caller's, newest first, for a list. A hundred of them may carry hundreds of
 * megabytes: a buyer's list omits code and files, and of large columns that no list shows only whether they are empty is
 * read.
 */
export async function findListed(ctx: Ctx, ids: string[], role: keyof typeof LISTED): Promise<TaskRow[]> {
  if (ids.length === 0) return [];
  return runStatement<TaskRow[]>(ctx, { text: LISTED[role], values: [ids.join()] });
}

/**
 * Selects every column of a task under its field's name, joined with its dispute: one statement where Prisma takes two.
 * @param instead SQL to read in place of a column
 */
function select(instead: Partial<Record<Prisma.TaskScalarFieldEnum, string>> = {}): string {
  const columns = Object.values(Prisma.TaskScalarFieldEnum).map((field) => {
    const column = field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    return `${instead[field] ?? `t.${column}`} as "${field}"`;
  });
  return `
  select ${columns.join(", ")},
         case when d.id is not null then json_build_object('id', d.id, 'status', d.status, 'reason', d.reason) end as dispute
  from task t left join dispute d on d.task_id = t.id`;
}

const patch = "left(t.patch, 1)";
const LEFT_OUT = { code: "null::text", files: "null::json" };
const ITS_PRESENCE = { code: "left(t.code, 1)", files: "case when t.files is not null then '[]'::json end" };
const LIST = "where t.id = any(string_to_array($1, ',')) order by t.created_at desc, t.id desc";
const LISTED = {
  buyer: `${select({ patch, ...LEFT_OUT })} ${LIST}`,
  seller: `${select({ patch, ...ITS_PRESENCE })} ${LIST}`,
};
const TASK_BY_ID = `${select()} where t.id = $1`;
const TASK_OF_OWNER = `${TASK_BY_ID} and $2 in (t.buyer_owner_id, t.seller_owner_id)`;
/** Exported for the benchmark, which does the same without us. */
export const TASK_OF_AGENT = `${TASK_BY_ID} and $2 in (t.buyer_agent_id, t.agent_id)`;

async function readTask(ctx: Ctx, text: string, values: string[]): Promise<TaskRow> {
  const [task] = await runStatement<TaskRow[]>(ctx, { text, values });
  if (!task) throw notFound("task");
  return task;
}
