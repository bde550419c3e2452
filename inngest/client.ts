import { Inngest } from "inngest";
import type { Log } from "#server/kernel/log.ts";

/** The application's id at Inngest; function ids are prefixed with it. */
const APP_ID = "city";

export type InngestChoice =
  /** Runs under our own engine: everything the SDK would send over the network goes to `fetch`. */
  | { mode: "embedded"; fetch: typeof globalThis.fetch; log?: Log }
  /** Runs under Inngest: the cloud with its two keys, or a dev server by its URL. */
  | { mode: "inngest"; eventKey?: string; signingKey?: string; devUrl?: string; log?: Log };

/** The one place that makes the client. Reads no environment; the caller has decided. */
export function makeInngest(choice: InngestChoice): Inngest {
  const logger = choice.log && quietly(choice.log);
  if (choice.mode === "embedded") {
    return new Inngest({
      id: APP_ID,
      isDev: true,
      baseUrl: "http://engine.invalid",
      eventKey: "local",
      fetch: choice.fetch,
      logger,
    });
  }
  if (choice.devUrl) {
    return new Inngest({ id: APP_ID, isDev: true, baseUrl: choice.devUrl, eventKey: choice.eventKey, logger });
  }
  return new Inngest({
    id: APP_ID,
    isDev: false,
    eventKey: choice.eventKey,
    signingKey: choice.signingKey,
    logger,
  });
}

/** The SDK logs every failed try as an error, although it is tried again; the engine reports what failed for good. */
function quietly(log: Log) {
  return {
    debug: (facts: object, message?: string) => log.debug(facts, message),
    info: (facts: object, message?: string) => log.debug(facts, message),
    warn: (facts: object, message?: string) => log.debug(facts, message),
    error: (facts: object, message?: string) => log.info(facts, message),
  };
}
