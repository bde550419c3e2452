import { CityError, wrongField } from "../kernel/errors.ts";
import { parseJson } from "../trpc/raw-input.ts";
import type { Route } from "./routes.ts";

/** Bytes accepted as body where the operation does not say otherwise. */
const USUAL_BODY = 1_048_576;

/** One plain object out of path, query and body, for the operation's own schema to judge. */
export async function readInput(route: Route, request: Request, params: Record<string, string>): Promise<unknown> {
  const { searchParams } = new URL(request.url);
  const query = route.method === "GET" || route.method === "DELETE" ? Object.fromEntries(searchParams) : {};
  const body = route.method === "GET" ? {} : await readBody(request, route.rest.maxBody ?? USUAL_BODY);
  for (const name of Object.keys(params)) {
    if (name in body) throw wrongField(name, "This comes from the path.");
  }
  const input = { ...query, ...body, ...params };
  const [extra] = route.input ? [] : Object.keys(input);
  if (extra !== undefined) throw wrongField(extra, "This operation takes no input.");
  return input;
}

async function readBody(request: Request, limit: number): Promise<Record<string, unknown>> {
  const text = await readText(request, limit);
  if (text === "") return {};
  const type = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/json") {
    throw new CityError("UNSUPPORTED_MEDIA_TYPE", "Send the body as application/json.");
  }
  const value = parseJson(text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new CityError("VALIDATION_ERROR", "The body must be a JSON object.");
  }
  return value as Record<string, unknown>;
}

async function readText(request: Request, limit: number): Promise<string> {
  const tooLarge = () =>
    new CityError("PAYLOAD_TOO_LARGE", `The body may hold ${limit} bytes.`, { details: { limit } });
  if (Number(request.headers.get("content-length") ?? 0) > limit) throw tooLarge();
  if (!request.body) return "";
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > limit) throw tooLarge();
    chunks.push(chunk);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new CityError("VALIDATION_ERROR", "The body is not valid UTF-8.");
  }
}
