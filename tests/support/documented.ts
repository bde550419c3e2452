import { makeDocument } from "#server/rest/openapi.ts";
import { violations } from "./json-schema.ts";
import { type PrismProxy, prismCarries, prismVerdict } from "./prism-proxy.ts";

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

/** Answers seen by this process, how many of them came through Prism, and those that are not as documented. */
export const seen = { answers: 0, throughPrism: 0, undocumented: [] as string[] };

/**
 * `fetch` that holds every answer of the REST API against the API document: its status must be listed for the operation,
 * its body true to the schema. Given a Prism proxy, requests go through it too, and both must agree.
 *
 * Our own check stays beside Prism's because it is there in every test at no cost, and sees what Prism does not:
 * streams, which Prism would collect for ever; requests whose text is wrong, which it cannot pass on; answers on paths
 * and methods that are not in the document; keywords of JSON Schema it would ignore, and schemas that its validator
 * cannot compile, which it takes for satisfied; times that are not in UTC.
 * @throws on the first answer that is not as documented
 */
export function documentedFetch(baseUrl: string, prism?: PrismProxy): typeof fetch {
  const prefix = `${baseUrl}/api/v1`;
  return async (input, init) => {
    const url = String(input instanceof Request ? input.url : input);
    const method = (init?.method ?? (input instanceof Request ? input.method : "GET")).toUpperCase();
    if (!url.startsWith(prefix) || method === "HEAD" || method === "OPTIONS") return fetch(input, init);
    const path = url.slice(prefix.length);
    const { pathname } = new URL(path, "http://city");
    const carried = prism && prismCarries(streams(findOperation(method, pathname)), init?.body);
    const response = await fetch(carried ? prism.url + path : input, init);
    // A copy of an endless body would keep the connection open after the client has left.
    const endless = response.headers.get("content-type")?.startsWith("text/event-stream");
    const copy = endless ? new Response(null, response) : response.clone();
    const problems = [await problemWith(method, pathname, copy), ...prismVerdict(response)].filter(
      (one) => one !== null,
    );
    seen.answers += 1;
    if (carried) seen.throughPrism += 1;
    if (problems.length > 0) {
      const problem = `${method} ${pathname} → ${response.status}: ${problems.join("; ")}`;
      seen.undocumented.push(problem);
      throw new Error(`Undocumented answer: ${problem}`);
    }
    return response;
  };
}

function streams(operation: Operation | undefined): boolean {
  return Object.values(operation?.responses ?? {}).some(({ content }) => content && "text/event-stream" in content);
}

async function problemWith(method: string, path: string, response: Response): Promise<string | null> {
  if (path === "/openapi.json" && response.ok) return null;
  const { components } = apiDocument();
  const type = response.headers.get("content-type")?.split(";")[0] ?? "";
  const operation = findOperation(method, path);
  const listed = operation?.responses[response.status];
  // Paths and methods that are not there have no operation; they still answer with the error envelope.
  const described = operation
    ? listed && resolve(listed)
    : [400, 404, 405].includes(response.status)
      ? components.responses.NotFound
      : undefined;
  if (!described) return "this status is not listed";
  if (response.status === 204 || type === "text/event-stream") return null;
  const schema = described.content?.[type]?.schema;
  if (!schema) return `${type} is not listed`;
  const wrong = violations(await response.json(), schema, components.schemas);
  return wrong.length > 0 ? wrong.join("; ") : null;
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
