import { eventType, staticSchema } from "inngest";
import type { Events } from "#server/events.ts";

/** The trigger of a function that one of the city's events starts. */
export function on<Name extends keyof Events>(name: Name) {
  return eventType(name, { schema: staticSchema<Events[Name]>() });
}
