import { type Ctx, emit } from "../context.ts";
import { sealText } from "../kernel/secrets.ts";
import { RESET_REQUEST } from "./mail-reset-link.ts";

/**
 * Has a reset link mailed when there is such an account. Whether there is one is looked up by the queue alone, so that
 * neither the answer nor the time it takes tells.
 */
export async function requestReset(ctx: Ctx, input: { email: string }): Promise<{ sent: true }> {
  await ctx.countTry("link", input.email);
  // Sealed: the queue keeps what it was given for a while, also of addresses that have no account here.
  await emit(ctx, "auth/reset-requested", { sealedEmail: sealText(ctx.masterKey, RESET_REQUEST, input.email) });
  return { sent: true };
}
