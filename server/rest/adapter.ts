import { randomUUID } from "node:crypto";
import { Hono } from "hono";
import type { Actor } from "../auth/actor.ts";
import { authenticate } from "../auth/authenticate.ts";
import type { City } from "../city.ts";
import type { Ctx } from "../context.ts";
import { callerAddress } from "../kernel/caller-address.ts";
import { CityError } from "../kernel/errors.ts";
import { toCityError } from "../trpc/errors.ts";
import { admit } from "../trpc/init.ts";
import { envelope, errorAnswer } from "./answers.ts";
import { once } from "./idempotency.ts";
import { exhausted, limitHeaders } from "./limits.ts";
import { makeDocument } from "./openapi.ts";
import { readInput } from "./read-input.ts";
import { callProcedure, type Route, routes } from "./routes.ts";
import { answerStream } from "./stream.ts";

export const API_PREFIX = "/api/v1";

/**
 * The public REST API, derived from what the procedures declare: path and method, who may call, input, output. This file
 * knows HTTP and no operation.
 */
export function makeRestApi(city: City, served: readonly Route[] = routes): Hono {
  const app = new Hono();
  const methods = new Map<string, string[]>();
  for (const route of served) {
    const path = API_PREFIX + route.path.replace(/\{(\w+)\}/g, ":$1");
    methods.set(path, [...(methods.get(path) ?? []), route.method]);
    app.on(route.method, path, (c) => answer(city, route, c.req.raw, c.req.param()));
  }
  const document = JSON.stringify(makeDocument(new URL(city.config.publicUrl).origin, served));
  const documentPath = `${API_PREFIX}/openapi.json`;
  methods.set(documentPath, ["GET"]);
  app.get(documentPath, () => finish(documentAnswer(document), { "x-request-id": newRequestId() }));
  for (const [path, allowed] of methods) app.all(path, (c) => refuseMethod(c.req.raw, allowed));
  app.all(`${API_PREFIX}/*`, (c) => refuse(c.req.raw, new CityError("ROUTE_NOT_FOUND", "There is no such endpoint.")));
  return app;
}

/** One request on its way. `headers` are those that its answer has gathered so far, whatever it will be. */
type Call = {
  city: City;
  route: Route;
  request: Request;
  params: Record<string, string>;
  requestId: string;
  headers: Record<string, string>;
};

async function answer(city: City, route: Route, request: Request, params: Record<string, string>) {
  const requestId = newRequestId();
  const headers: Record<string, string> = { "x-request-id": requestId, ...deprecationHeaders(route) };
  try {
    return finish(await handle({ city, route, request, params, requestId, headers }), headers);
  } catch (thrown) {
    const error = toCityError(thrown);
    if (error.code === "RATE_LIMITED") Object.assign(headers, exhausted(error));
    report(city, route, requestId, error, thrown);
    return finish(errorAnswer(error, requestId, request.headers.get("accept")), headers);
  }
}

async function handle(call: Call): Promise<Response> {
  const { route, request, params } = call;
  const ctx = await identify(call);
  // The procedure asks too; here, so that nothing a stranger sends is read.
  admit(ctx.actor, route);
  const input = await readInput(route, request, params);
  return route.rest.shape === "stream" ? answerStream(route, ctx, input, request) : perform(call, ctx, input);
}

/**
 * Authenticates the caller and counts the request against its limit; one with a failed credential counts against its
 * address.
 */
async function identify({ city, route, request, requestId, headers }: Call): Promise<Ctx> {
  const address = callerAddress(request.headers);
  const stranger = city.ctx({ kind: "anonymous" }, { requestId, address });
  const count = async (actor: Actor) => Object.assign(headers, limitHeaders(await city.limits.count(actor, address)));
  const actor = await authenticate(stranger, credentialsOf(request), route.auth).catch(async (refused) => {
    await count(stranger.actor);
    throw refused;
  });
  await count(actor);
  return { ...stranger, actor };
}

/** Does the work, once where the client gave it a key. */
async function perform({ route, request, headers }: Call, ctx: Ctx, input: unknown): Promise<Response> {
  const work = async (within: Ctx) => ({
    status: route.rest.status ?? 200,
    body: envelope(route.rest.shape, await callProcedure(route, within, input, request.signal)),
  });
  const takesKey = route.method !== "GET" && route.rest.idempotency !== "none";
  const key = takesKey ? request.headers.get("idempotency-key") : null;
  if (key === null) return json(await work(ctx));
  const result = await once(ctx, route, key, input, work);
  if (result.replayed) headers["idempotent-replayed"] = "true";
  return json(result);
}

/** RFC 9745 and RFC 8594: since when an operation should not be used any more, until when it answers, and what is better. */
function deprecationHeaders({ rest: { deprecated } }: Route): Record<string, string> {
  if (!deprecated) return {};
  return {
    deprecation: `@${Date.parse(deprecated.since) / 1_000}`,
    sunset: new Date(deprecated.sunset).toUTCString(),
    link: '</docs/stability>; rel="deprecation"; type="text/html"',
  };
}

function credentialsOf(request: Request) {
  const [scheme, token] = request.headers.get("authorization")?.split(" ") ?? [];
  return {
    bearer: scheme?.toLowerCase() === "bearer" ? (token ?? "") : undefined,
    apiKey: request.headers.get("x-api-key") ?? undefined,
    trustKey: request.headers.get("x-trust-api-key") ?? undefined,
  };
}

function json(result: { status: number; body: string }): Response {
  return new Response(result.body, {
    status: result.status,
    headers: { "content-type": "application/json", "cache-control": "no-store" },
  });
}

/** The same for everyone and until the next start, so anyone may keep it for a while. */
function documentAnswer(document: string): Response {
  return new Response(document, {
    headers: { "content-type": "application/json", "cache-control": "public, max-age=300" },
  });
}

/** Reads may come from any page, with a key and without cookies. */
function finish(response: Response, headers: Record<string, string> = {}): Response {
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
  response.headers.set("access-control-allow-origin", "*");
  response.headers.set(
    "access-control-expose-headers",
    "X-Request-Id, RateLimit, RateLimit-Policy, Retry-After, Idempotent-Replayed, Deprecation, Sunset, Link",
  );
  response.headers.set("x-content-type-options", "nosniff");
  return response;
}

function refuseMethod(request: Request, allowed: readonly string[]): Response {
  if (request.method === "OPTIONS") return preflight(allowed);
  const error = new CityError("METHOD_NOT_ALLOWED", `This path takes ${allowed.join(", ")}.`, {
    details: { allowed: [...allowed] },
  });
  return refuse(request, error, { allow: allowed.join(", ") });
}

/** A refusal in the API's own form, of a request that no operation has seen. */
export function refuse(request: Request, error: CityError, headers: Record<string, string> = {}): Response {
  const requestId = newRequestId();
  const answer = errorAnswer(error, requestId, request.headers.get("accept"));
  return finish(answer, { "x-request-id": requestId, ...headers });
}

function preflight(allowed: readonly string[]): Response {
  return finish(new Response(null, { status: 204 }), {
    "x-request-id": newRequestId(),
    "access-control-allow-methods": allowed.filter((method) => method === "GET").join(", "),
    "access-control-allow-headers": "Authorization, X-API-Key, X-Trust-API-Key, Accept, Last-Event-ID",
    "access-control-max-age": "600",
  });
}

function report(city: City, route: Route, requestId: string, error: CityError, thrown: unknown): void {
  const facts = { requestId, operation: route.name, code: error.code, ...error.log };
  if (error.status >= 500) city.log.error({ ...facts, err: error.cause ?? thrown }, "a request failed");
  else city.log.debug(facts, error.message);
}

function newRequestId(): string {
  return `req_${randomUUID().replaceAll("-", "")}`;
}
