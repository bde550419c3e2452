import type { Ctx } from "../context.ts";
import { CityError } from "../kernel/errors.ts";
import { requestAutoTopUp } from "./request-auto-top-up.ts";

/**
 * After a submission was refused for want of credits and its transaction is over: starts an automatic top-up where the
 * owner wants one, and says so (`autoTopUp: "pending"`) in the error that is returned. Any other error is returned as it
 * is. It must not run inside the refused transaction: that one takes everything back, and holds a connection while
 * it waits for another.
 */
export async function explainShortfall(ctx: Ctx, error: CityError): Promise<CityError> {
  if (error.code !== "INSUFFICIENT_CREDITS" || !("ownerId" in ctx.actor)) return error;
  const { ownerId } = ctx.actor;
  if (error.log?.account !== `pool:${ownerId}`) return error;
  const pending = await requestAutoTopUp(ctx, { ownerId, needed: Number(error.details?.required) });
  if (!pending) return error;
  return new CityError(error.code, `${error.message} An automatic top-up is on its way.`, {
    details: { ...error.details, autoTopUp: "pending" },
    ...(error.log && { log: error.log }),
    cause: error,
  });
}
