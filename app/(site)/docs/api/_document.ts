import { runningCity } from "#server/city.ts";

/** A JSON Schema as the document has it. */
export type Schema = {
  $ref?: string;
  type?: string | string[];
  description?: string;
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  format?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
};
type Parameter = { name: string; in: string; required?: boolean; description?: string; schema: Schema };
type Content = Record<string, { schema: Schema; example?: unknown }>;
type Answer = { $ref?: string; description?: string; content?: Content };

export type Operation = {
  method: string;
  path: string;
  operationId: string;
  summary: string;
  description?: string;
  tags: string[];
  security: Record<string, unknown>[];
  parameters: Parameter[];
  requestBody?: { content: Content };
  responses: Record<string, Answer>;
};

export type ApiDocument = {
  server: string;
  tags: { name: string; description: string }[];
  operations: Operation[];
  schemas: Record<string, Schema>;
};

type Raw = {
  servers: { url: string }[];
  tags: ApiDocument["tags"];
  paths: Record<string, Record<string, Omit<Operation, "method" | "path" | "parameters"> & { parameters?: unknown[] }>>;
  components: {
    schemas: Record<string, Schema>;
    parameters?: Record<string, Parameter>;
    responses?: Record<string, Answer>;
  };
};

let kept: Promise<ApiDocument> | undefined;

/** The city's own OpenAPI document, asked for once: it does not change while the city runs. */
export function apiDocument(): Promise<ApiDocument> {
  kept ??= load().catch((error) => {
    kept = undefined;
    throw error;
  });
  return kept;
}

async function load(): Promise<ApiDocument> {
  const city = runningCity();
  const response = await city.api(new Request(`${city.config.publicUrl}/api/v1/openapi.json`));
  if (!response.ok) throw new Error(`The API document answered ${response.status}.`);
  return readDocument((await response.json()) as Raw);
}

/** The document with its shared parameters and answers put where they are used; schemas stay named. */
export function readDocument({ servers, tags, paths, components }: Raw): ApiDocument {
  const shared = <T>(kind: Record<string, T> | undefined, given: unknown): T => {
    const ref = (given as { $ref?: string }).$ref;
    return ref ? (kind?.[nameOf(ref)] ?? ({} as T)) : (given as T);
  };
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { requestBody, ...operation }]) => ({
      ...operation,
      ...(requestBody && !asksNothing(requestBody.content) && { requestBody }),
      method: method.toUpperCase(),
      path,
      parameters: (operation.parameters ?? []).map((given) => shared(components.parameters, given)),
      responses: Object.fromEntries(
        Object.entries(operation.responses).map(([status, given]) => [status, shared(components.responses, given)]),
      ),
    })),
  );
  return { server: servers[0]?.url ?? "", tags, operations, schemas: components.schemas };
}

/** A body that may only be an empty object: not worth a reader's time. */
function asksNothing(content: Content): boolean {
  const { properties } = content["application/json"]?.schema ?? {};
  return properties !== undefined && Object.keys(properties).length === 0;
}

/** `Task` of `#/components/schemas/Task`. */
export function nameOf(ref: string): string {
  return ref.split("/").at(-1) ?? ref;
}
