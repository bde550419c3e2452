import { initTRPC, TRPCError } from "@trpc/server";
import { ZodError } from "zod";
import type { Actor } from "../auth/actor.ts";
import type { Ctx } from "../context.ts";
import { isTransaction } from "../db/client.ts";
import { CityError, isCityError } from "../kernel/errors.ts";
import { sayInputErrorsPlainly } from "./input-words.ts";

/** How an operation appears in the public REST API. Procedures without it are the dashboard's own and may change. */
export type Rest = {
  /** Such as `POST /tasks/{id}/complete`, below `/api/v1`. Names in braces are fields of the input. */
  route: `${"GET" | "POST" | "PUT" | "PATCH" | "DELETE"} /${string}`;
  /** One sentence for the API document. */
  summary: string;
  status?: 200 | 201;
  /** `bare`: answered without the envelope. `page`: the output is `{ data, pagination }`. `stream`: server-sent events. */
  shape?: "enveloped" | "bare" | "page" | "stream";
  /**
   * What an Idempotency-Key does. `atomic` (the default): key, effect and answer commit in one transaction.
   * `stepwise`: the work calls the outside world between transactions, so the key is claimed first and the work goes on
   * from what an earlier try has left, which it finds by the task's state or by `ctx.requestKey`. `none`: no key is taken.
   */
  idempotency?: "atomic" | "stepwise" | "none";
  /** Moves money: its key is kept for 30 days instead of one. */
  money?: boolean;
  /** The answer bears a secret, or the code that a buyer handed in: it is stored sealed under the client's key. */
  secret?: boolean;
  /** Bytes accepted as body, where the usual 1 MB is not enough. */
  maxBody?: number;
  /** Statuses it may refuse with beyond those that follow from the rest; the API document lists them. */
  refusals?: readonly (402 | 404 | 409)[];
  /** Still answers, and says in every answer since when it should not be used and when it will be gone. */
  deprecated?: { since: `${number}-${number}-${number}`; sunset: `${number}-${number}-${number}`; instead: string };
};

export type Meta = {
  auth?: readonly Actor["kind"][];
  rest?: Rest;
  /** What follows a refusal, and the error as the caller gets it. Never runs inside the transaction that was refused. */
  afterRefusal?: (ctx: Ctx, error: CityError) => Promise<CityError>;
};

sayInputErrorsPlainly();

const t = initTRPC
  .context<Ctx>()
  .meta<Meta>()
  .create({
    errorFormatter({ shape, error }) {
      const known = toCityError(error);
      return {
        ...shape,
        message: known.message,
        data: {
          ...shape.data,
          stack: undefined,
          httpStatus: known.status,
          city: { code: known.code, details: known.details },
        },
      };
    },
  });

export const { router, createCallerFactory } = t;

/** Starts a procedure that only these kinds of caller may use. `anonymous` in the list makes it public. */
export function by<K extends Actor["kind"]>(...kinds: K[]) {
  return t.procedure.meta({ auth: kinds }).use(async ({ ctx, next, meta }) => {
    admit(ctx.actor, kinds);
    const result = await next({ ctx: { ...ctx, actor: ctx.actor as Extract<Actor, { kind: K }> } });
    if (!result.ok && meta?.afterRefusal) throw await refusal(meta, ctx, result.error);
    return result;
  });
}

/**
 * What was thrown, as the caller gets it, after what the operation declares to follow. Inside a transaction nothing
 * follows yet: whoever opened it asks again when it is over.
 */
export async function refusal(meta: Pick<Meta, "afterRefusal">, ctx: Ctx, thrown: unknown): Promise<CityError> {
  const error = toCityError(thrown);
  return meta.afterRefusal && !isTransaction(ctx.db) ? meta.afterRefusal(ctx, error) : error;
}

const CREDENTIALS: Partial<Record<Actor["kind"], string>> = {
  owner: "an owner token (Authorization: Bearer)",
  agent: "an agent key (X-API-Key)",
  trust: "a trust key (X-Trust-API-Key)",
};

/** @throws MISSING_API_KEY or ACCESS_DENIED unless the caller is of one of these kinds */
export function admit(actor: Actor, kinds: readonly Actor["kind"][]): void {
  if (kinds.includes(actor.kind)) return;
  const needed = kinds.flatMap((kind) => CREDENTIALS[kind] ?? []).join(" or ");
  throw actor.kind === "anonymous"
    ? new CityError("MISSING_API_KEY", `This needs ${needed}.`)
    : new CityError("ACCESS_DENIED", `This needs ${needed}; the credential given is of another kind.`);
}

/** Every error as ours: use cases' own pass, wrong input becomes VALIDATION_ERROR, anything else hides behind 500. */
export function toCityError(error: unknown): CityError {
  if (isCityError(error)) return error;
  if (error instanceof TRPCError) {
    if (isCityError(error.cause)) return error.cause;
    // A failed *output* check also has a ZodError as its cause, and is our fault, not the client's.
    if (error.code === "BAD_REQUEST" && error.cause instanceof ZodError) return validationError(error.cause);
    if (error.code === "BAD_REQUEST" || error.code === "PARSE_ERROR") {
      return new CityError("VALIDATION_ERROR", "The request could not be read.");
    }
    if (error.code === "NOT_FOUND") return new CityError("ROUTE_NOT_FOUND", "There is no such operation.");
    return new CityError("INTERNAL_ERROR", HIDDEN, { cause: error.cause ?? error });
  }
  if (error instanceof ZodError) return validationError(error);
  return isOverloaded(error)
    ? new CityError("UNAVAILABLE", "The city is busy. Try again in a moment.", { retryAfter: 2, cause: error })
    : new CityError("INTERNAL_ERROR", HIDDEN, { cause: error });
}

const HIDDEN = "Something went wrong on our side. The request id leads to the log.";

const BUSY = new Set(
  "P2024 P2028 P2034 P1001 P1017 40001 40P01 57P01 57P02 57P03 53300 ECONNREFUSED ECONNRESET EPIPE".split(" "),
);

/** No free connection, a deadlock, a serialization failure, a database that restarts: nothing happened, try again. */
function isOverloaded(error: unknown): boolean {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  // `pg` has no code for a connection that ended while it waited for an answer, nor for one that was not to be had.
  return (
    BUSY.has(String(code)) || /Connection terminated|timeout exceeded when trying to connect/.test(String(message))
  );
}

function validationError(error: ZodError): CityError {
  const fields = error.issues.map((issue) => ({ path: issue.path.join("."), message: issue.message }));
  const [first] = fields;
  const where = first?.path ? `${first.path}: ` : "";
  return new CityError("VALIDATION_ERROR", `${where}${first?.message ?? "The input is not valid."}`, {
    details: { fields },
  });
}
