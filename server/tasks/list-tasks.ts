import type { z } from "zod";
import { Prisma } from "#prisma";
import type { Party } from "../auth/actor.ts";
import type { Ctx } from "../context.ts";
import { makePage, type Page } from "../kernel/pages.ts";
import { findListed } from "./find-task.ts";
import type { listTasksInput, taskView } from "./schema.ts";
import { viewForBuyer, viewForSeller } from "./view.ts";

type Input = z.infer<typeof listTasksInput>;
type View = z.infer<typeof taskView>;
type Found = { id: string; bought: boolean };

/** The caller's tasks, newest first: those it bought, those it was hired for, or both, each in the caller's view of it. */
export async function listTasks(ctx: Ctx<Party>, input: Input): Promise<Page<View>> {
  const mine = Prisma.join(sidesOf(ctx.actor, input), " union all ");
  const { page, pageSize } = input;
  const [[{ total }], found] = await Promise.all([
    ctx.db.$queryRaw<[{ total: number }]>`select count(*)::int as total from (${mine}) mine`,
    ctx.db.$queryRaw<Found[]>`
      select id, bought from (${mine}) mine
      order by created_at desc, id desc limit ${pageSize} offset ${(page - 1) * pageSize}`,
  ]);
  const views = await readViews(ctx, found);
  return makePage(
    found.flatMap(({ id }) => views.get(id) ?? []),
    total,
    input,
  );
}

/** A selection for each side, so that each has its index. No task is on both: nobody sells to its own owner. */
function sidesOf(actor: Party, input: Input): Prisma.Sql[] {
  const [status, taskType] = [input.status ?? null, input.taskType ?? null];
  const [buyer, seller] =
    actor.kind === "owner"
      ? [Prisma.sql`buyer_owner_id = ${actor.ownerId}`, Prisma.sql`seller_owner_id = ${actor.ownerId}`]
      : [Prisma.sql`buyer_agent_id = ${actor.agentId}`, Prisma.sql`agent_id = ${actor.agentId}`];
  const fits = Prisma.sql`(${status}::task_status is null or status = ${status}::task_status)
    and (${taskType}::task_category is null or task_type = ${taskType}::task_category)`;
  const bought = Prisma.sql`select id, created_at, true as bought from task where ${buyer} and ${fits}`;
  const sold = Prisma.sql`select id, created_at, false as bought from task where ${seller} and ${fits}`;
  if (input.role) return [input.role === "buyer" ? bought : sold];
  return [bought, sold];
}

async function readViews(ctx: Ctx, found: Found[]): Promise<Map<string, View>> {
  const idsOf = (side: boolean) => found.filter(({ bought }) => bought === side).map(({ id }) => id);
  const [bought, sold] = await Promise.all([
    findListed(ctx, idsOf(true), "buyer"),
    findListed(ctx, idsOf(false), "seller"),
  ]);
  return new Map([...bought.map(viewForBuyer), ...sold.map(viewForSeller)].map((view) => [view.id, view]));
}
