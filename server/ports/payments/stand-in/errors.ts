type StripeErrorBody = {
  type: "invalid_request_error" | "card_error" | "api_error" | "idempotency_error";
  message: string;
  code?: string;
  param?: string;
  decline_code?: string;
  charge?: string;
  payment_intent?: unknown;
};

/**
 * An answer of Stripe's that is not 2xx. `executed` says that the endpoint had begun to work: then what it wrote is
 * kept and the answer is remembered under the idempotency key, while a request that only failed validation leaves no
 * trace and its key free, as Stripe documents it.
 */
export class StripeAnswer extends Error {
  readonly status: number;
  readonly body: StripeErrorBody;
  readonly executed: boolean;

  constructor(status: number, body: StripeErrorBody, executed: boolean) {
    super(body.message);
    this.name = "StripeAnswer";
    this.status = status;
    this.body = body;
    this.executed = executed;
  }
}

/** 400 for parameters that cannot be right. */
export function badParameter(message: string, param: string, code?: string): StripeAnswer {
  return new StripeAnswer(400, { type: "invalid_request_error", message, param, ...(code && { code }) }, false);
}

/** 404 for the object in the URL, 400 when a parameter named it. */
export function noSuch(kind: string, id: string, param = "id", status: 400 | 404 = 404): StripeAnswer {
  const body = { type: "invalid_request_error", code: "resource_missing", param } as const;
  return new StripeAnswer(status, { ...body, message: `No such ${kind}: '${id}'` }, false);
}

/** 400 for a well-formed request that the state does not allow; remembered under the key. */
export function refused(message: string, code?: string, param?: string): StripeAnswer {
  const body = { type: "invalid_request_error", message, ...(code && { code }), ...(param && { param }) } as const;
  return new StripeAnswer(400, body, true);
}
