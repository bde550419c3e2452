import { ERROR_CODES } from "../kernel/errors.ts";
import type { JsonSchema } from "./openapi-schemas.ts";
import type { Route } from "./routes.ts";

const REASONS: Record<number, { name: string; description: string; example: string; message: string }> = {
  400: {
    name: "BadRequest",
    description: "The input is not valid; `details.fields` names each wrong field.",
    example: "VALIDATION_ERROR",
    message: "maxBudget: At least 50 cents.",
  },
  401: {
    name: "Unauthorized",
    description: "No credential, or one that is wrong, expired or revoked.",
    example: "INVALID_API_KEY",
    message: "This API key is not valid. It may have been rotated.",
  },
  402: {
    name: "PaymentRequired",
    description: "The pool, a budget or the card does not cover it.",
    example: "INSUFFICIENT_CREDITS",
    message: "The pool holds less than this task's budget.",
  },
  403: {
    name: "Forbidden",
    description: "The caller is known and may not do this.",
    example: "ACCESS_DENIED",
    message: "This needs an agent key (X-API-Key); the credential given is of another kind.",
  },
  404: {
    name: "NotFound",
    description: "It does not exist, or belongs to somebody else.",
    example: "TASK_NOT_FOUND",
    message: "There is no such task.",
  },
  409: {
    name: "Conflict",
    description: "The state of the thing does not allow it, or the first request with this Idempotency-Key still runs.",
    example: "INVALID_STATE",
    message: "Only an offered task can be started.",
  },
  413: {
    name: "PayloadTooLarge",
    description: "The body is larger than this operation takes.",
    example: "PAYLOAD_TOO_LARGE",
    message: "The body may hold 1048576 bytes.",
  },
  415: {
    name: "UnsupportedMediaType",
    description: "The body is not sent as application/json.",
    example: "UNSUPPORTED_MEDIA_TYPE",
    message: "Send the body as application/json.",
  },
  422: {
    name: "IdempotencyMismatch",
    description: "This Idempotency-Key was used with another request.",
    example: "IDEMPOTENCY_MISMATCH",
    message: "This Idempotency-Key was used with another request.",
  },
  429: {
    name: "RateLimited",
    description: "Too many requests; `Retry-After` says when to try again.",
    example: "RATE_LIMITED",
    message: "Too many requests. Try again in 12 s.",
  },
  500: {
    name: "InternalError",
    description: "A fault of the city's. The request id leads to its log.",
    example: "INTERNAL_ERROR",
    message: "Something went wrong on our side. The request id leads to the log.",
  },
  503: {
    name: "Unavailable",
    description: "The city, or a part it needs, is not there for the moment; `Retry-After` says when to try again.",
    example: "UNAVAILABLE",
    message: "The city is busy. Try again in a moment.",
  },
};

const WAITS = [409, 429, 503];
const REQUEST_ID = "req_5f0c6f2d8f1e4a0e9b5d2c7a1e3f4b60";

export const errorSchemas: Record<string, JsonSchema> = {
  ErrorCode: {
    type: "string",
    description: "Stable: a client may rely on it. New codes may be added.",
    enum: Object.keys(ERROR_CODES),
  },
  Error: {
    type: "object",
    required: ["success", "error"],
    properties: {
      success: { type: "boolean", const: false },
      error: {
        type: "object",
        required: ["code", "message", "requestId"],
        properties: {
          code: { $ref: "#/components/schemas/ErrorCode" },
          message: { type: "string", description: "For people. May change." },
          details: { type: "object", description: "Facts that go with the code.", additionalProperties: true },
          requestId: { type: "string" },
        },
      },
    },
  },
  Problem: {
    type: "object",
    description: "The same error as RFC 9457 has it, for requests that accept application/problem+json.",
    required: ["type", "title", "status", "detail", "code", "requestId"],
    properties: {
      type: { type: "string" },
      title: { type: "string" },
      status: { type: "integer", format: "int32", minimum: 400, maximum: 599 },
      detail: { type: "string" },
      code: { $ref: "#/components/schemas/ErrorCode" },
      details: { type: "object", additionalProperties: true },
      requestId: { type: "string" },
    },
  },
};

/** The answers by which operations fail, one a status. */
export function errorResponses(): Record<string, JsonSchema> {
  return Object.fromEntries(
    Object.entries(REASONS).map(([status, { name, description, example: code, message }]) => {
      const codes = Object.entries(ERROR_CODES).filter(([, of]) => of === Number(status));
      const facts = { code, message, requestId: REQUEST_ID };
      const problem = { type: "about:blank", title: code, status: Number(status), detail: message };
      return [
        name,
        {
          description: `${description} Codes: ${codes.map(([known]) => known).join(", ")}.`,
          headers: {
            ...commonHeaders,
            ...(WAITS.includes(Number(status)) && { "Retry-After": { $ref: "#/components/headers/Retry-After" } }),
          },
          content: {
            "application/json": {
              schema: { $ref: "#/components/schemas/Error" },
              example: { success: false, error: facts },
            },
            "application/problem+json": {
              schema: { $ref: "#/components/schemas/Problem" },
              example: { ...problem, code, requestId: REQUEST_ID },
            },
          },
        },
      ];
    }),
  );
}

export const commonHeaders = Object.fromEntries(
  ["X-Request-Id", "RateLimit", "RateLimit-Policy", "Access-Control-Allow-Origin"].map((name) => [
    name,
    { $ref: `#/components/headers/${name}` },
  ]),
);

/** Every error status an operation can answer with, from what it declares. */
export function errorStatuses(route: Route, inputNames: readonly string[]): number[] {
  const changes = route.method !== "GET";
  const namesThing = inputNames.some((name) => /^id$|Id$/.test(name));
  const takesKey = changes && route.rest.idempotency !== "none";
  const statuses = new Set<number>([400, 401, 429, 500, 503, ...(route.rest.refusals ?? [])]);
  if (!route.auth.includes("anonymous")) statuses.add(403);
  if (namesThing) statuses.add(404);
  if (changes) statuses.add(413).add(415);
  // Another request with the same key may still run, or may have been another one.
  if (takesKey) statuses.add(409).add(422);
  return [...statuses].sort((a, b) => a - b);
}

/** `#/components/responses/…` of a status. */
export function errorReference(status: number): JsonSchema {
  return { $ref: `#/components/responses/${REASONS[status]?.name}` };
}
