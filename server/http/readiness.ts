import type { City } from "../city.ts";
import { LATE_SECONDS, secondsSinceBeat } from "../operators/heartbeat.ts";

/**
 * `/ready`: whether the database answers, which part is the real one, and whether the city does its own work. Without that
 * work it is degraded and not unavailable: what people ask of it is answered, and no other server would do better. A start
 * is given time, for the beat before it may be of yesterday.
 */
export function makeReadiness(city: City, now: () => number = Date.now): () => Promise<Response> {
  const openedAt = now();
  return async () => {
    const beat = await secondsSinceBeat(city.database.pool).then(
      (seconds) => ({ seconds }),
      () => null,
    );
    if (beat === null) return Response.json({ status: "unavailable", parts: city.parts }, { status: 503 });
    const isSettled = now() - openedAt > LATE_SECONDS * 1_000;
    const isLate = beat.seconds === null || beat.seconds > LATE_SECONDS;
    const engine = { ...city.parts.engine, secondsSinceWork: beat.seconds === null ? null : Math.round(beat.seconds) };
    return Response.json({ status: isSettled && isLate ? "degraded" : "ready", parts: { ...city.parts, engine } });
  };
}
