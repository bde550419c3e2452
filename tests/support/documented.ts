import { makeDocument } from "#server/rest/openapi.ts";
import { violations } from "./json-schema.ts";

type Schema = { [key: string]: unknown };
type Response_ = { $ref?: string; content?: Record<string, { schema: Schema }> };
type Operation = { responses: Record<string, Response_> };
export type ApiDocument = {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema>; responses: Record<string, Response_> };
};

let document: ApiDocument | undefined;
export const apiDocument = (): ApiDocument => {
  document ??= makeDocument("https://api.example.com") as unknown as ApiDocument;
  return document;
};

/** Answers seen by this process, and those that the API document does not describe. */
export const seen = { answers: 0, undocumented: [] as string[] };

/**
 * `fetch` that holds every answer of the REST API against the API document: its status must be listed for the operation,
 * its body true to the schema. What a validating proxy would do, in the process.
 * @throws on the first answer that is not as documented
 */
export function documentedFetch(baseUrl: string): typeof fetch {
  const prefix = `${baseUrl}/api/v1`;
  return async (input, init) => {
    const response = await fetch(input, init);
    const url = String(input instanceof Request ? input.url : input);
    const method = (init?.method ?? (input instanceof Request ? input.method : "GET")).toUpperCase();
    if (!url.startsWith(prefix) || method === "HEAD" || method === "OPTIONS") return response;
    const { pathname } = new URL(url.slice(prefix.length), "http://city");
    // A copy of an endless body would keep the connection open after the client has left.
    const streams = response.headers.get("content-type")?.startsWith("text/event-stream");
    const copy = streams ? new Response(null, response) : response.clone();
    const problem = await problemWith(method, pathname, copy);
    seen.answers += 1;
    if (problem) {
      seen.undocumented.push(problem);
      throw new Error(`Undocumented answer: ${problem}`);
    }
    return response;
  };
}

async function problemWith(method: string, path: string, response: Response): Promise<string | null> {
  if (path === "/openapi.json" && response.ok) return null;
  const { components } = apiDocument();
  const what = `${method} ${path} → ${response.status}`;
  const type = response.headers.get("content-type")?.split(";")[0] ?? "";
  const operation = findOperation(method, path);
  const listed = operation?.responses[response.status];
  // Paths and methods that are not there have no operation; they still answer with the error envelope.
  const described = operation
    ? listed && resolve(listed)
    : [400, 404, 405].includes(response.status)
      ? components.responses.NotFound
      : undefined;
  if (!described) return `${what}: this status is not listed`;
  if (response.status === 204 || type === "text/event-stream") return null;
  const schema = described.content?.[type]?.schema;
  if (!schema) return `${what}: ${type} is not listed`;
  const wrong = violations(await response.json(), schema, components.schemas);
  return wrong.length > 0 ? `${what}: ${wrong.join("; ")}` : null;
}

function resolve(response: Response_): Response_ | undefined {
  return response.$ref ? apiDocument().components.responses[response.$ref.split("/").at(-1) ?? ""] : response;
}

/** The operation a request reaches: a path without parameters wins, as it does in the server. */
export function findOperation(method: string, path: string): Operation | undefined {
  const parts = path.split("/");
  const fitting = Object.entries(apiDocument().paths)
    .filter(([template, operations]) => method.toLowerCase() in operations && fits(template.split("/"), parts))
    .sort(([a], [b]) => a.split("{").length - b.split("{").length);
  return fitting[0]?.[1][method.toLowerCase()];
}

function fits(template: string[], parts: string[]): boolean {
  return (
    template.length === parts.length &&
    template.every((part, i) => (part.startsWith("{") ? parts[i] : part === parts[i]))
  );
}
