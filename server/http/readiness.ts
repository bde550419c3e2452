import type { City } from "../city.ts";
import { feelPulse, isLate, LATE_SECONDS } from "../operators/heartbeat.ts";

/**
 * `/ready`: whether the database answers, which part is the real one, and whether the city does its own work: each minute's,
 * and what its events ask for. Without that it is degraded and not unavailable: what people ask of it is answered, and no other server would do better. A start
 * is given time, for the beat before it may be of yesterday.
 */
export function makeReadiness(city: City, now: () => number = Date.now): () => Promise<Response> {
  const openedAt = now();
  return async () => {
    const pulse = await feelPulse(city.database.pool).catch(() => null);
    if (pulse === null) return Response.json({ status: "unavailable", parts: city.parts }, { status: 503 });
    const secondsUp = (now() - openedAt) / 1_000;
    const { secondsSinceBeat, heldUp } = pulse;
    const isDegraded = (secondsUp > LATE_SECONDS && isLate(secondsSinceBeat, secondsUp)) || heldUp > 0;
    const secondsSinceWork = secondsSinceBeat === null ? null : Math.round(secondsSinceBeat);
    const engine = { ...city.parts.engine, secondsSinceWork, eventsHeldUp: heldUp };
    return Response.json({ status: isDegraded ? "degraded" : "ready", parts: { ...city.parts, engine } });
  };
}
