import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { cache } from "react";
import { runningCity } from "#server/city.ts";

/** Who asks and every operation as a function, once a request: layout and page share it. */
export const visitor = cache(async () => runningCity().callerFor((await headers()).get("cookie")));

/** The owner's profile and the city's time, once a request. */
export const profile = cache(async () => (await visitor()).call.owners.me());

/** The owner's agents, once a request. */
export const myAgents = cache(async () => (await visitor()).call.agents.listMine());

/** The owner's pool, once a request. */
export const myPool = cache(async () => (await visitor()).call.vault.getPool());

/** The signed-in owner's operations; anyone else is sent to sign in and comes back to where they wanted to go. */
export async function signedIn() {
  const { actor, call } = await visitor();
  if (actor.kind !== "owner") {
    const path = (await headers()).get("x-path") ?? "/overview";
    redirect(`/signin?next=${encodeURIComponent(path)}`);
  }
  return { actor, call };
}
