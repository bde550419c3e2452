import type { Inngest } from "inngest";
import type { Config } from "./config.ts";
import type { Actor } from "./auth/actor.ts";
import type { Ctx } from "./context.ts";
import type { Database } from "./db/client.ts";
import type { Log } from "./kernel/log.ts";
import { sharedInProcess } from "./kernel/shared.ts";
import type { Caller } from "./trpc/root.ts";

/** What runs in this process, put together once by main.ts. */
export type City = {
  config: Config;
  log: Log;
  database: Database;
  inngest: Inngest;
  /** A context for one call: as the city itself unless an actor is given. */
  ctx(actor?: Actor, requestId?: string): Ctx;
  /** Every operation as a function, for pages that render on the server. The cookie header says who asks. */
  callerFor(cookieHeader: string | null): Promise<{ actor: Actor; call: Caller }>;
  /** `/api/v1`, `/api/trpc`, `/api/inngest`, `/api/webhooks/stripe` and what else is answered without Next. */
  api(request: Request): Promise<Response>;
};

/** The running city, also from inside Next's bundle, which shares nothing but the process. */
export function runningCity(): City {
  return sharedInProcess<City>("city");
}
