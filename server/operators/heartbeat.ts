import type { z } from "zod";
import { after, type Ctx, cityNow } from "../context.ts";
import type { heartbeatView } from "./schema.ts";

/** Without a beat for so long, whatever should run the city's functions does not. A start has as long for its first. */
const LATE_SECONDS = 300;
/** An event that could not be handed over so often, which takes half a minute, is not only unlucky. */
const HELD_UP_TRIES = 4;

/** Signs of life of the city's own work. */
export type Pulse = {
  /** Null before the first beat. */
  secondsSinceBeat: number | null;
  /** Events that the queue has but whatever runs the functions does not take. */
  heldUp: number;
  /** The city's own work is overdue. */
  late: boolean;
};

/** The city's own work of each minute has begun. Told by the machine's clock, which no test moves. */
export async function beat(ctx: Ctx): Promise<void> {
  await ctx.db.$executeRaw`
    insert into engine.heartbeat (at) values (now()) on conflict (id) do update set at = excluded.at`;
}

/** Not late just after a start, for the beat before it may be of yesterday. */
export async function feelPulse({ pool, secondsUp }: Pick<Ctx, "pool" | "secondsUp">): Promise<Pulse> {
  const { rows } = await pool.query<Pick<Pulse, "secondsSinceBeat" | "heldUp">>(
    `select (select extract(epoch from now() - at)::float8 from engine.heartbeat) as "secondsSinceBeat",
            (select count(*)::int from graphile_worker.jobs
             where task_identifier = 'event' and attempts >= $1) as "heldUp"`,
    [HELD_UP_TRIES],
  );
  const { secondsSinceBeat = null, heldUp = 0 } = rows[0] ?? {};
  const late = secondsUp() > LATE_SECONDS && (secondsSinceBeat ?? secondsUp()) > LATE_SECONDS;
  return { secondsSinceBeat, heldUp, late };
}

/** For the operator's page: whether the city's functions are run at all, by the embedded engine or by Inngest. */
export async function readHeartbeat(ctx: Ctx): Promise<z.infer<typeof heartbeatView>> {
  const { secondsSinceBeat, heldUp, late } = await feelPulse(ctx);
  const now = await cityNow(ctx);
  return {
    at: secondsSinceBeat === null ? null : after(now, -secondsSinceBeat * 1_000).toISOString(),
    late,
    heldUp,
  };
}
