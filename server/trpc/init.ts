import { initTRPC } from "@trpc/server";
import type { Actor } from "../auth/actor.ts";
import type { Ctx } from "../context.ts";
import { isTransaction } from "../db/client.ts";
import { CityError } from "../kernel/errors.ts";
import { toCityError } from "./errors.ts";
import { sayInputErrorsPlainly } from "./input-words.ts";
import { checkText } from "./raw-input.ts";

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
  /** Only for owners who are operators. The role is granted by a command line on the machine, never over the network. */
  operator?: true;
  rest?: Rest;
  /** Runs after a refusal, outside the refused transaction; returns the error to send. */
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
  return t.procedure.meta({ auth: kinds }).use(async ({ ctx, next, meta, getRawInput }) => {
    admit(ctx.actor, { auth: kinds, operator: meta?.operator });
    checkText(await getRawInput());
    const result = await next({ ctx: { ...ctx, actor: ctx.actor as Extract<Actor, { kind: K }> } });
    if (!result.ok && meta?.afterRefusal) throw await refusal(meta, ctx, result.error);
    return result;
  });
}

/** Starts a procedure that only operators may use. */
export function byOperator() {
  return by("owner").meta({ operator: true });
}

/**
 * The error to send for what was thrown, after the operation's `afterRefusal`. Inside a transaction that does not run
 * yet: whoever opened the transaction calls this again after its rollback.
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

type Callers = { auth: readonly Actor["kind"][]; operator?: true };

/** @throws MISSING_API_KEY or ACCESS_DENIED unless the operation is declared for this caller */
export function admit(actor: Actor, { auth, operator }: Callers): void {
  if (auth.includes(actor.kind)) {
    if (!operator || (actor.kind === "owner" && actor.role === "operator")) return;
    throw new CityError("ACCESS_DENIED", "This is for operators.");
  }
  const needed = auth.flatMap((kind) => CREDENTIALS[kind] ?? []).join(" or ");
  throw actor.kind === "anonymous"
    ? new CityError("MISSING_API_KEY", `This needs ${needed}.`)
    : new CityError("ACCESS_DENIED", `This needs ${needed}; the credential given is of another kind.`);
}
