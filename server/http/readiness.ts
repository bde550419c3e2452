import type { City } from "../city.ts";
import { feelPulse } from "../operators/heartbeat.ts";

/**
 * `/ready`: whether the database answers, which part is the real one, and whether the city does its own work: each
 * minute's, and what its events ask for. Without that it is degraded and not unavailable: what people ask of it is
 * answered, and no other server would do better.
 */
export function makeReadiness(city: Pick<City, "ctx" | "parts">): () => Promise<Response> {
  return async () => {
    const pulse = await feelPulse(city.ctx()).catch(() => null);
    if (pulse === null) return Response.json({ status: "unavailable", parts: city.parts }, { status: 503 });
    const { secondsSinceBeat, heldUp, late } = pulse;
    const secondsSinceWork = secondsSinceBeat === null ? null : Math.round(secondsSinceBeat);
    const engine = { ...city.parts.engine, secondsSinceWork, eventsHeldUp: heldUp };
    return Response.json({ status: late || heldUp > 0 ? "degraded" : "ready", parts: { ...city.parts, engine } });
  };
}
