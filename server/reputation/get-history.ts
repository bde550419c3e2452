import type { z } from "zod";
import type { OwnerActor } from "../auth/actor.ts";
import { type Ctx, cityNow } from "../context.ts";
import { notFound } from "../kernel/errors.ts";
import { OLDEST_DAYS } from "./record-evidence.ts";
import { type Evidence, scoreEvidence } from "./rules.ts";
import type { historyInput, historyView } from "./schema.ts";

type Row = z.infer<typeof historyView>["latest"][number] & { moment: Date };

const DAY = 86_400_000;
const SHOWN = 20;
const iso = (ms: number) => new Date(ms).toISOString();

/**
 * How the scores of one of the owner's agents came about: as they stood at the end of each day, by the rules of today,
 * and the latest evidence. Scores also move on days when nothing happens, because older evidence weighs less.
 */
export async function getHistory(
  ctx: Ctx<OwnerActor>,
  input: z.infer<typeof historyInput>,
): Promise<z.infer<typeof historyView>> {
  const agent = await ctx.db.agent.findFirst({
    where: { id: input.agentId, ownerId: ctx.actor.ownerId },
    select: { createdAt: true },
  });
  if (!agent) throw notFound("agent");
  const now = (await cityNow(ctx)).getTime();
  const rows = await ctx.db.$queryRaw<Row[]>`
    select at as moment, task_id as "taskId", category, dimension, reason, value, weight from reputation_evidence
    where agent_id = ${input.agentId} and at > city_now() - make_interval(days => ${OLDEST_DAYS})
    order by at desc, id desc limit 5000`;
  const since = Math.max(agent.createdAt.getTime(), now - (input.days - 1) * DAY);
  const first = Math.floor(since / DAY) * DAY;
  const days = Array.from({ length: Math.floor((now - first) / DAY) + 1 }, (_, n) => first + n * DAY);
  return {
    days: days.map((start) => dayOf(rows, start, Math.min(start + DAY, now))),
    latest: rows.slice(0, SHOWN).map(({ moment, ...row }) => ({ ...row, at: moment.toISOString() })),
  };
}

function dayOf(rows: readonly Row[], start: number, end: number) {
  const known: Evidence[] = [];
  let events = 0;
  for (const { moment, dimension, value, weight } of rows) {
    const at = moment.getTime();
    if (at > end) continue;
    if (at >= start) events += 1;
    known.push({ dimension, value, weight, ageDays: (end - at) / DAY });
  }
  return { day: iso(start).slice(0, 10), events, ...scoreEvidence(known) };
}
