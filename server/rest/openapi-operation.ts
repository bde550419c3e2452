import type { Actor } from "../auth/actor.ts";
import { exampleAnswer, exampleRequest } from "./examples.ts";
import { commonHeaders, errorReference, errorStatuses } from "./openapi-errors.ts";
import type { JsonSchema, SchemaCollection } from "./openapi-schemas.ts";
import type { Route } from "./routes.ts";

const SECURITY: Partial<Record<Actor["kind"], string>> = { owner: "ownerToken", agent: "agentKey", trust: "trustKey" };
const CALLERS: Partial<Record<Actor["kind"], string>> = { owner: "owners", agent: "agents", trust: "trust keys" };

/** One operation of the document, from what its procedure declares. */
export function operationOf(route: Route, schemas: SchemaCollection): JsonSchema {
  const input = route.input ? schemas.convert(route.input, "input") : { properties: {} };
  const { path, query, body } = splitInput(route, input);
  const takesKey = route.method !== "GET" && route.rest.idempotency !== "none";
  return {
    operationId: route.name,
    summary: route.rest.summary,
    description: prose(route),
    ...(route.rest.deprecated && { deprecated: true }),
    tags: [tagOf(route)],
    security: securityOf(route),
    parameters: [
      ...path,
      ...query,
      ...(takesKey ? [{ $ref: "#/components/parameters/IdempotencyKey" }] : []),
      ...(route.rest.shape === "stream" ? [{ $ref: "#/components/parameters/LastEventId" }] : []),
    ],
    ...(body && {
      requestBody: {
        required: Array.isArray(body.required),
        content: { "application/json": { schema: body, example: exampleRequest(route.name, body, schemas.named) } },
      },
    }),
    responses: {
      ...successOf(route, schemas, takesKey),
      ...Object.fromEntries(
        errorStatuses(route, Object.keys(input.properties ?? {})).map((status) => [status, errorReference(status)]),
      ),
    },
  };
}

/** The first part of the path names the group, but a task's sandbox is a subject of its own. */
export function tagOf(route: Pick<Route, "path">): string {
  const [first = ""] = route.path.slice(1).split("/");
  if (route.path.includes("/sandbox")) return "sandbox";
  if (route.path.includes("/webhook")) return "webhooks";
  if (route.path.endsWith("/dispute")) return "disputes";
  return first;
}

function prose({ auth, operator, rest }: Route): string {
  const callers = operator ? ["operators"] : auth.flatMap((kind) => CALLERS[kind] ?? []);
  const may = auth.includes("anonymous") ? "Public." : `For ${callers.join(" and ")}.`;
  const once = rest.money ? " Its Idempotency-Key is kept for 30 days." : "";
  const old = rest.deprecated ? ` Deprecated: ${rest.deprecated.instead}` : "";
  const large = rest.maxBody ? ` Takes a body of up to ${rest.maxBody} bytes.` : "";
  return `${rest.summary}. ${may}${once}${large}${old}`;
}

function securityOf({ auth }: Route): JsonSchema[] {
  if (auth.includes("anonymous")) return [];
  return auth.flatMap((kind) => (SECURITY[kind] ? [{ [SECURITY[kind]]: [] }] : []));
}

/** Many clients send an empty object where nothing is to be said, and that is as good as no body. */
const NOTHING: JsonSchema = { type: "object", properties: {}, additionalProperties: false };

/** `/tasks/{id}`: the task's id. */
function idOf(path: string, name: string): string | undefined {
  const before = path.split("/")[path.split("/").indexOf(`{${name}}`) - 1];
  if (!before) return undefined;
  const thing = name === "id" ? before.replace(/ies$/, "y").replace(/s$/, "") : name.replace(/Id$/, "");
  return `The ${thing}'s id.`;
}

type Split = { path: JsonSchema[]; query: JsonSchema[]; body: JsonSchema | null };

/** Names in the path are path parameters; the rest is the query of a read and the body of a change. */
function splitInput(route: Route, input: JsonSchema): Split {
  const {
    properties = {},
    required = [],
    ...kind
  } = input as {
    properties?: Record<string, JsonSchema>;
    required?: string[];
  };
  const inPath = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string);
  const others = Object.keys(properties).filter((name) => !inPath.includes(name));
  const parameter = (name: string, where: "path" | "query") => {
    const { description = idOf(route.path, name), ...schema } = properties[name] ?? { type: "string" };
    return {
      name,
      in: where,
      required: where === "path" || required.includes(name),
      ...(description !== undefined && { description }),
      schema,
    };
  };
  const path = inPath.map((name) => parameter(name, "path"));
  if (route.method === "GET" || route.method === "DELETE") {
    return { path, query: others.map((name) => parameter(name, "query")), body: null };
  }
  if (others.length === 0) return { path, query: [], body: NOTHING };
  const needed = required.filter((name) => others.includes(name));
  const body = {
    ...kind,
    properties: Object.fromEntries(others.map((name) => [name, properties[name]])),
    ...(needed.length > 0 && { required: needed }),
  };
  return { path, query: [], body };
}

const header = (name: string) => ({ $ref: `#/components/headers/${name}` });

function successOf(route: Route, schemas: SchemaCollection, takesKey: boolean): JsonSchema {
  const headers = {
    ...commonHeaders,
    ...(route.rest.deprecated && { Deprecation: header("Deprecation"), Sunset: header("Sunset") }),
    ...(takesKey && { "Idempotent-Replayed": header("Idempotent-Replayed") }),
  };
  if (route.rest.shape === "stream") {
    return {
      200: {
        description: "Server-sent events, each with the `id` to resume from; ends on a final status.",
        headers,
        content: { "text/event-stream": { schema: { type: "string" } } },
      },
      204: { description: "Nothing more will come.", headers },
    };
  }
  const schema = enveloped(route, schemas.convert(route.output, "output"));
  return {
    [route.rest.status ?? 200]: {
      description: route.rest.status === 201 ? "Made." : "Done.",
      headers,
      content: { "application/json": { schema, example: exampleAnswer(route.name, schema, schemas.named) } },
    },
  };
}

function enveloped({ rest }: Route, output: JsonSchema): JsonSchema {
  if (rest.shape === "bare") return output;
  const success = { type: "boolean", const: true };
  if (rest.shape === "page") {
    const { properties, required } = output as { properties: JsonSchema; required: string[] };
    return { type: "object", properties: { success, ...properties }, required: ["success", ...required] };
  }
  return { type: "object", properties: { success, data: output }, required: ["success", "data"] };
}
