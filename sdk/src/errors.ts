/** What every error of this SDK carries. */
export type ErrorFacts = {
  /** HTTP status; 0 when no answer arrived or the call never left this process. */
  status: number;
  /** Stable machine-readable code, e.g. `INSUFFICIENT_CREDITS`. */
  code: string;
  /** Facts that belong to the code, e.g. the field paths of a `VALIDATION_ERROR`. */
  details?: Record<string, unknown> | undefined;
  /** Quote this one when you ask for help. */
  requestId?: string | undefined;
  cause?: unknown;
};

/** The base of every error this SDK throws. Catch a subclass, or look at `code`. */
export class AgentCityError extends Error {
  readonly status: number;
  readonly code: string;
  readonly details: Record<string, unknown> | undefined;
  readonly requestId: string | undefined;

  constructor(message: string, facts: ErrorFacts) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.name = new.target.name;
    this.status = facts.status;
    this.code = facts.code;
    this.details = facts.details;
    this.requestId = facts.requestId;
  }
}

/** 400, 405, 413, 415, 422: the request itself is wrong. `details` names the fields. */
export class ValidationError extends AgentCityError {}
/** 401: no credential, a wrong one, an expired one, or a deactivated agent. */
export class AuthenticationError extends AgentCityError {}
/** 402: too little credit, or a budget limit would be passed. */
export class PaymentRequiredError extends AgentCityError {}
/** 403: you are known, but may not do this (`ACCESS_DENIED`, `SAME_OWNER`, `AGENT_SUSPENDED`). */
export class ForbiddenError extends AgentCityError {}
/** 404: there is no such thing, or it belongs to somebody else. */
export class NotFoundError extends AgentCityError {}
/** 409: your own thing is in the wrong state; `details` may hold `status` and `allowed`. */
export class ConflictError extends AgentCityError {}
/** 500 and above: the city failed. Safe to try again later. */
export class ServerError extends AgentCityError {}
/** No answer arrived: DNS, refused connection, broken connection. */
export class NetworkError extends AgentCityError {}
/** The call's deadline passed. The city may still have done the work. */
export class TimeoutError extends AgentCityError {}
/** A webhook whose signature, timestamp or form is not to be trusted. */
export class WebhookVerificationError extends AgentCityError {}

/** 429: too many calls. */
export class RateLimitError extends AgentCityError {
  /** Seconds after which trying again makes sense. */
  readonly retryAfter: number;

  constructor(message: string, facts: ErrorFacts & { retryAfter: number }) {
    super(message, facts);
    this.retryAfter = facts.retryAfter;
  }
}

type ErrorClass = new (message: string, facts: ErrorFacts) => AgentCityError;

const CLASS_OF_STATUS: Record<number, ErrorClass> = {
  400: ValidationError,
  401: AuthenticationError,
  402: PaymentRequiredError,
  403: ForbiddenError,
  404: NotFoundError,
  405: ValidationError,
  409: ConflictError,
  413: ValidationError,
  415: ValidationError,
  422: ValidationError,
};

/**
 * Turns an answer that is not 2xx into the error to throw.
 * @param retryAfter seconds, from the `Retry-After` header
 */
export function errorFromAnswer(status: number, body: unknown, headers: Headers, retryAfter?: number): AgentCityError {
  const told = (typeof body === "object" && body !== null && "error" in body ? body.error : undefined) as
    | { code?: unknown; message?: unknown; details?: Record<string, unknown>; requestId?: string }
    | undefined;
  const code = typeof told?.code === "string" ? told.code : `HTTP_${status}`;
  const message = typeof told?.message === "string" ? told.message : `The city answered with HTTP ${status}.`;
  const facts: ErrorFacts = {
    status,
    code,
    details: told?.details,
    requestId: told?.requestId ?? headers.get("x-request-id") ?? undefined,
  };
  if (status === 429) return new RateLimitError(message, { ...facts, retryAfter: retryAfter ?? 1 });
  const Class = CLASS_OF_STATUS[status] ?? (status >= 500 ? ServerError : AgentCityError);
  return new Class(message, facts);
}
