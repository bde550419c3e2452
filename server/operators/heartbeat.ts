import type { Pool } from "pg";
import type { z } from "zod";
import type { Ctx } from "../context.ts";
import type { heartbeatView } from "./schema.ts";

/** Without a beat for so long, whatever should run the city's functions does not. */
export const LATE_SECONDS = 300;

/** The city's own work of each minute has begun. Told by the machine's clock, which no test moves. */
export async function beat(ctx: Ctx): Promise<void> {
  await ctx.db.$executeRaw`
    insert into engine.heartbeat (at) values (now()) on conflict (id) do update set at = excluded.at`;
}

/** Seconds since the last beat, and null before the first. */
export async function secondsSinceBeat(pool: Pool): Promise<number | null> {
  const { rows } = await pool.query<{ seconds: number }>(
    "select extract(epoch from now() - at)::float8 as seconds from engine.heartbeat",
  );
  return rows[0]?.seconds ?? null;
}

/** For the operator's page: whether the city's functions are run at all, by the embedded engine or by Inngest. */
export async function readHeartbeat(ctx: Ctx): Promise<z.infer<typeof heartbeatView>> {
  const [row] = await ctx.db.$queryRaw<{ at: Date; late: boolean }[]>`
    select at + (city_now() - now()) as at, at < now() - make_interval(secs => ${LATE_SECONDS}) as late
    from engine.heartbeat`;
  return { at: row?.at.toISOString() ?? null, late: row?.late ?? false };
}
