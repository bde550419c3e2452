import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { actorFromCookie } from "../auth/next-auth-options.ts";
import type { City } from "../city.ts";
import type { Ctx } from "../context.ts";
import { callerAddress } from "../kernel/caller-address.ts";
import { once } from "../rest/idempotency.ts";
import { callProcedure, type Route, routes } from "../rest/routes.ts";
import { toCityError } from "../trpc/errors.ts";
import { parseJson } from "../trpc/raw-input.ts";
import { appRouter } from "../trpc/root.ts";

export const DASHBOARD_PREFIX = "/api/trpc";

/** Calls in one request, at most; the dashboard's client splits larger batches. */
const MAX_BATCH = 10;

/** The dashboard's calls. Against CSRF, the cookie counts on same-origin requests only. */
export async function answerDashboard(city: City, request: Request): Promise<Response> {
  if (!isSameSite(request)) return Response.json({ error: "Cross-site calls are refused." }, { status: 403 });
  const key = request.headers.get("idempotency-key");
  const name = new URL(request.url).pathname.slice(DASHBOARD_PREFIX.length + 1);
  const route = routes.find((one) => one.name === name && one.type === "mutation" && one.rest.idempotency !== "none");
  return key !== null && route ? answerOnce(city, request, route, key) : answer(city, request, contextOf);
}

function answer(city: City, request: Request, context: typeof contextOf): Promise<Response> {
  return fetchRequestHandler({
    endpoint: DASHBOARD_PREFIX,
    req: request,
    router: appRouter,
    maxBatchSize: MAX_BATCH,
    createContext: ({ info }) => context(city, request, info.calls.length),
    onError({ error, path }) {
      const known = toCityError(error);
      if (known.status >= 500)
        city.log.error({ operation: path, err: known.cause ?? error }, "a dashboard call failed");
    },
  });
}

/** A mutation with an Idempotency-Key: as in the REST API, but the keys are the dashboard's own. */
async function answerOnce(city: City, request: Request, route: Route, key: string): Promise<Response> {
  try {
    const ctx = await contextOf(city, request, 1);
    const text = await request.clone().text();
    const input: unknown = text === "" ? undefined : parseJson(text);
    const work = async (within: Ctx) => ({
      status: 200,
      body: JSON.stringify({ result: { data: await callProcedure(route, within, input) } }),
    });
    const { body } = await once(ctx, route, `dashboard ${key}`, input, work);
    return new Response(body, { headers: { "content-type": "application/json", "cache-control": "no-store" } });
  } catch (thrown) {
    // Formatted by tRPC, as any other refusal.
    return answer(city, request, () => Promise.reject(thrown));
  }
}

/** Every call of a batch is rate limited: anonymous callers as in the REST API, signed-in owners as the pages are. */
async function contextOf(city: City, request: Request, calls: number): Promise<Ctx> {
  const actor = await actorFromCookie(city, request.headers.get("cookie"));
  const address = callerAddress(request.headers);
  const { limits } = city;
  const count = actor.kind === "anonymous" ? limits.count : limits.countPage;
  for (let call = 0; call < calls; call += 1) await count(actor, address);
  return city.ctx(actor, { address });
}

function isSameSite(request: Request): boolean {
  const site = request.headers.get("sec-fetch-site");
  if (site) return site === "same-origin" || site === "none";
  const origin = request.headers.get("origin");
  if (origin === null) return request.method === "GET";
  // Browsers say `null` for a page that belongs to no site.
  return URL.canParse(origin) && new URL(origin).host === request.headers.get("host");
}
