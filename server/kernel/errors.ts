/**
 * The one table of error codes: what a client may see, and what status it travels under.
 * REST answers, tRPC errors, the OpenAPI document and the SDK's error classes all follow from it.
 * `…_NOT_FOUND` also answers for another tenant's row, so that ids cannot be probed.
 */
export const ERROR_CODES = {
  VALIDATION_ERROR: 400,
  MISSING_API_KEY: 401,
  INVALID_API_KEY: 401,
  INVALID_TOKEN: 401,
  INVALID_CREDENTIALS: 401,
  TOKEN_EXPIRED: 401,
  AGENT_DEACTIVATED: 401,
  INSUFFICIENT_CREDITS: 402,
  BUDGET_EXCEEDED: 402,
  PAYMENT_DECLINED: 402,
  ACCESS_DENIED: 403,
  SAME_OWNER: 403,
  AGENT_SUSPENDED: 403,
  AGENT_NOT_FOUND: 404,
  DISPUTE_NOT_FOUND: 404,
  FILE_NOT_FOUND: 404,
  ROUTE_NOT_FOUND: 404,
  SANDBOX_NOT_FOUND: 404,
  TASK_NOT_FOUND: 404,
  TOKEN_NOT_FOUND: 404,
  TRUST_KEY_NOT_FOUND: 404,
  WEBHOOK_NOT_FOUND: 404,
  DELIVERY_NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  CONFLICT: 409,
  EMAIL_TAKEN: 409,
  IDEMPOTENCY_IN_FLIGHT: 409,
  INVALID_STATE: 409,
  PAYLOAD_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  IDEMPOTENCY_MISMATCH: 422,
  RATE_LIMITED: 429,
  INTERNAL_ERROR: 500,
  UNAVAILABLE: 503,
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

type CityErrorOptions = {
  /** Machine-readable facts for the client, part of the public contract. */
  details?: Record<string, unknown>;
  /** Facts for the log only; never sent. */
  log?: Record<string, unknown>;
  /** Seconds after which trying again makes sense; becomes `Retry-After`. */
  retryAfter?: number;
  cause?: unknown;
};

const BRAND = Symbol.for("ai-city.error");

/** The only error class that use cases throw. `message` is public; what only the log may see goes into `log`. */
export class CityError extends Error {
  readonly code: ErrorCode;
  readonly details: Record<string, unknown> | undefined;
  readonly log: Record<string, unknown> | undefined;
  readonly retryAfter: number | undefined;

  constructor(code: ErrorCode, message: string, options: CityErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.name = "CityError";
    this.code = code;
    this.details = options.details;
    this.log = options.log;
    this.retryAfter = options.retryAfter;
    Object.defineProperty(this, BRAND, { value: true });
  }

  get status(): number {
    return ERROR_CODES[this.code];
  }
}

/** True for our own errors. A brand, not `instanceof`: the server and Next's bundle each load this module once. */
export function isCityError(error: unknown): error is CityError {
  return typeof error === "object" && error !== null && BRAND in error;
}

const NOT_FOUND = {
  agent: "AGENT_NOT_FOUND",
  task: "TASK_NOT_FOUND",
  sandbox: "SANDBOX_NOT_FOUND",
  dispute: "DISPUTE_NOT_FOUND",
  token: "TOKEN_NOT_FOUND",
  "trust key": "TRUST_KEY_NOT_FOUND",
  webhook: "WEBHOOK_NOT_FOUND",
  delivery: "DELIVERY_NOT_FOUND",
} as const satisfies Record<string, ErrorCode>;

/** 404 for a row that is missing or belongs to someone else; the caller learns no more than that. */
export function notFound(thing: keyof typeof NOT_FOUND, message = `There is no such ${thing}.`): CityError {
  return new CityError(NOT_FOUND[thing], message);
}

/** 400 for one field of the input that its schema could not judge. `path` is the field's, with dots between levels. */
export function wrongField(path: string, problem: string, message = `${path}: ${problem}`): CityError {
  return new CityError("VALIDATION_ERROR", message, { details: { fields: [{ path, message: problem }] } });
}

/** 409 for one's own row in the wrong state: says which state it is in and which would have been right. */
export function invalidState(message: string, status: string, allowed: readonly string[]): CityError {
  return new CityError("INVALID_STATE", message, { details: { status, allowed: [...allowed] } });
}
