import type { Inngest } from "inngest";
import type { AuthOptions } from "next-auth";
import type { Actor } from "./auth/actor.ts";
import type { Config } from "./config.ts";
import type { Ctx } from "./context.ts";
import type { Database } from "./db/client.ts";
import type { Log } from "./kernel/log.ts";
import { sharedInProcess } from "./kernel/shared.ts";
import type { Limits } from "./rest/limits.ts";
import type { Caller } from "./trpc/root.ts";

/** Which part does a job: the real one, or what stands in for it in local mode. */
export type Part = { name: string; standIn: boolean; note?: string };
export type PartName = "database" | "engine" | "sandbox" | "payments" | "judge" | "mail";
export const real = (name: string, note?: string): Part => ({ name, standIn: false, ...(note && { note }) });
export const standIn = (name: string, note?: string): Part => ({ name, standIn: true, ...(note && { note }) });

/** What runs in this process, put together once by start-city.ts. */
export type City = {
  config: Config;
  log: Log;
  database: Database;
  inngest: Inngest;
  limits: Limits;
  parts: Record<PartName, Part>;
  /** A context for one call: as the city itself unless an actor is given, and from here unless an address is. */
  ctx(actor?: Actor, from?: { requestId?: string; address?: string }): Ctx;
  /** Every operation as a function, for pages that render on the server. The cookie header says who asks. */
  callerFor(cookieHeader: string | null): Promise<{ actor: Actor; call: Caller }>;
  authOptions: AuthOptions;
  /** What the sign-in page offers in local mode; null where there is no demo account. */
  demo: { email: string; password: string } | null;
  /** `/api/v1`, `/api/trpc`, `/api/inngest`, `/api/webhooks/stripe` and what else is answered without Next. */
  api(request: Request): Promise<Response>;
};

/** The running city, also from inside Next's bundle, which shares nothing but the process. */
export function runningCity(): City {
  return sharedInProcess<City>("city");
}
