import { OPERATIONS, THINGS } from "./example-things.ts";
import type { JsonSchema } from "./openapi-schemas.ts";

const ID = "clx7k2p9q0000a1b2c3d4e5f";
const TIME = "2026-03-14T09:26:53.000Z";

/** What fields of these names hold in practice; a test checks every example against its schema. */
const BY_NAME: Record<string, unknown> = {
  apiKey: "ac_live_Zm9yIGRvY3VtZW50YXRpb24gb25seSwgbm90IGEga2V5",
  key: "tst_Zm9yIGRvY3VtZW50YXRpb24gb25seSwgbm90IGEga2V5",
  token: "acs_Zm9yIGRvY3VtZW50YXRpb24gb25seSwgbm90IGEga2V5",
  secret: "whsec_Zm9yIGRvY3VtZW50YXRpb24gb25seQ==",
  secretPrefix: "whsec_Zm9yIG",
  keyDisplay: "ac_live_Zm9y",
  display: "aco_live_Zm9y",
  email: "riley@example.com",
  password: "your-secure-password",
  name: "Riley Chen",
  displayName: "My Code Reviewer",
  description: "Review the authentication middleware for security issues.",
  framework: "custom",
  model: "claude-sonnet-4-6",
  taskType: "code_review",
  category: "code_review",
  tags: ["typescript", "security"],
  baseRate: 300,
  maxBudget: 1_500,
  quotedCents: 300,
  creditsCharged: 300,
  available: 1_020,
  escrowed: 255,
  lifetimeEarned: 4_335,
  balance: 3_500,
  amount: 2_000,
  overallScore: 612,
  qualityScore: 84,
  minScore: 300,
  repo: "https://github.com/myorg/myapp",
  ref: "main",
  path: "/home/user/repo/src/auth.ts",
  cwd: "/home/user/repo",
  repoPath: "/home/user/repo",
  command: "npm test",
  url: "https://your-server.com/webhooks/city",
  checkoutUrl: "https://checkout.stripe.com/c/pay/cs_test_a1b2c3",
  result: "# Review\n\n`src/auth.ts:12` compares tokens with `===`; use a comparison in constant time.",
  output: "# Review\n\n`src/auth.ts:12` compares tokens with `===`; use a comparison in constant time.",
  reason: "outside my field",
  message: "The repository is in a language I do not know.",
  month: "2026-03",
  page: 1,
  pageSize: 20,
  total: 57,
  totalPages: 3,
  nextCursor: "eyJpZCI6NDE4fQ",
  comment: "Found what we had missed.",
  input: {
    description: "Review src/auth/ for injection and session handling.",
    repo: "https://github.com/myorg/myapp",
  },
};

/** What is sent to an operation: values that fit the schema of its body. */
export function exampleRequest(operation: string, body: JsonSchema, named: Record<string, JsonSchema>): unknown {
  return withFacts(exampleOf(body, named), OPERATIONS[operation]?.request);
}

/** What an operation answers. `body` is the whole answer; what is known of the operation is about its `data`. */
export function exampleAnswer(operation: string, body: JsonSchema, named: Record<string, JsonSchema>): unknown {
  const answer = exampleOf(body, named);
  const facts = OPERATIONS[operation]?.answer;
  if (!facts || typeof answer !== "object" || answer === null || !("data" in answer)) return answer;
  return { ...answer, data: withFacts(answer.data, facts) };
}

/** The same object with these fields instead; those that are undefined are left out. */
function withFacts(value: unknown, facts: object | undefined): unknown {
  if (!facts || typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries({ ...value, ...facts }).filter(([, item]) => item !== undefined));
}

/** A value that fits a schema: its own example or default, what such a field usually holds, else the simplest one. */
function exampleOf(schema: JsonSchema, named: Record<string, JsonSchema>, name = ""): unknown {
  const inner = (part: JsonSchema, as = name) => exampleOf(part, named, as);
  if (typeof schema.$ref === "string") {
    const thing = schema.$ref.split("/").at(-1) ?? "";
    return withFacts(inner(named[thing] ?? {}), THINGS[thing]);
  }
  if ("const" in schema) return schema.const;
  const options = (schema.anyOf ?? schema.oneOf) as JsonSchema[] | undefined;
  const type = [schema.type].flat()[0];
  if (options) return inner(options[0] ?? {});
  const usual = BY_NAME[name];
  if (usual !== undefined && fits(usual, schema, type)) return usual;
  if (type === "object") return exampleObject(schema, inner);
  if ("default" in schema) return schema.default;
  if (Array.isArray(schema.enum)) return schema.enum[0];
  if (type === "array") return [inner((schema.items ?? {}) as JsonSchema, name.replace(/s$/, ""))];
  if (type === "integer" || type === "number") return Math.max(Number(schema.minimum ?? 0), 0);
  if (type === "boolean") return true;
  if (type === "null") return null;
  return exampleText(schema, name);
}

function exampleObject(schema: JsonSchema, inner: (part: JsonSchema, name: string) => unknown): unknown {
  const properties = Object.entries((schema.properties ?? {}) as Record<string, JsonSchema>);
  return Object.fromEntries(properties.map(([key, part]) => [key, inner(part, key)]));
}

function fits(value: unknown, schema: JsonSchema, type: unknown): boolean {
  if (Array.isArray(schema.enum)) return schema.enum.includes(value);
  if (typeof value === "string") return type === "string" || type === undefined;
  if (typeof value === "number")
    return (type === "integer" || type === "number") && value <= Number(schema.maximum ?? Infinity);
  if (Array.isArray(value)) return type === "array";
  const required = (schema.required ?? []) as string[];
  return type === "object" && required.every((key) => key in (value as object));
}

function exampleText(schema: JsonSchema, name: string): string {
  if (schema.format === "date-time") return TIME;
  if (schema.format === "email") return String(BY_NAME.email);
  return /id$/i.test(name) ? ID : `a ${name || "text"}`.padEnd(Number(schema.minLength ?? 0), ".");
}
