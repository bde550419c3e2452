import type { AnyTRPCProcedure } from "@trpc/server";
import type { Actor } from "#server/auth/actor.ts";
import { callProcedure, type Route } from "#server/rest/routes.ts";
import { toCityError } from "#server/trpc/errors.ts";
import type { Meta } from "#server/trpc/init.ts";
import { appRouter } from "#server/trpc/root.ts";
import { actorOf, type CredentialName, type World } from "./world.ts";

export type Procedure = {
  name: string;
  type: Route["type"];
  auth: readonly Actor["kind"][];
  rest: Meta["rest"];
  procedure: AnyTRPCProcedure;
};
export type Outcome = { status: number; text: string };
export type Knock = (who: CredentialName | { token: string }, input: Record<string, unknown>) => Promise<Outcome>;

/** Every procedure of the router, whether REST shows it or not. */
export const procedures: Procedure[] = Object.entries(
  appRouter._def.procedures as unknown as Record<string, AnyTRPCProcedure>,
).map(([name, procedure]) => {
  const { type, meta } = procedure._def as unknown as { type: Route["type"]; meta?: Meta };
  return { name, type, auth: meta?.auth ?? [], rest: meta?.rest, procedure };
});

/** The procedure itself, with the actor that a credential proves: what the dashboard's calls reach. */
export function directly(world: World, { name, type, auth, procedure }: Procedure, takesInput: boolean): Knock {
  return async (who, input) => {
    try {
      const actor: Actor =
        typeof who === "string"
          ? await actorOf(world, who, auth)
          : await actorOf({ ...world, credentials: { ...world.credentials, none: who } }, "none", auth);
      const route = { name, type, procedure, input: takesInput ? {} : null } as unknown as Route;
      const over = new AbortController();
      const output = await callProcedure(route, world.city.ctx(actor), input, over.signal);
      over.abort();
      return { status: 200, text: JSON.stringify(output ?? null) };
    } catch (error) {
      const known = toCityError(error);
      return { status: known.status, text: `${known.code} ${known.message} ${JSON.stringify(known.details ?? {})}` };
    }
  };
}

/** The REST route, over HTTP. */
export function overRest(world: World, { rest }: Procedure): Knock {
  const [method = "", template = ""] = rest?.route.split(" ") ?? [];
  return async (who, input) => {
    const credential = typeof who === "string" ? world.credentials[who] : who;
    const others = { ...input };
    const path = template.replace(/\{(\w+)\}/g, (_, name: string) => {
      delete others[name];
      return encodeURIComponent(String(input[name]));
    });
    const inQuery = method === "GET" || method === "DELETE";
    const query = inQuery ? new URLSearchParams(others as Record<string, string>).toString() : "";
    if (rest?.shape === "stream") return headOfStream(`${world.city.url}/api/v1${path}`, credential);
    const answer = await world.city.call(method, path + (query && `?${query}`), {
      ...credential,
      ...(!inQuery && Object.keys(others).length > 0 && { body: others }),
    });
    return { status: answer.status, text: JSON.stringify(answer.body) };
  };
}

async function headOfStream(
  url: string,
  { token, key, trustKey }: { token?: string; key?: string; trustKey?: string },
) {
  const over = new AbortController();
  const response = await fetch(url, {
    signal: over.signal,
    headers: {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(key && { "x-api-key": key }),
      ...(trustKey && { "x-trust-api-key": trustKey }),
    },
  });
  const text = response.ok ? "" : await response.text();
  over.abort();
  return { status: response.status, text };
}
