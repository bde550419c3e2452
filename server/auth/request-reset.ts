import { type Ctx, emit } from "../context.ts";
import { sealText } from "../kernel/secrets.ts";
import { RESET_REQUEST } from "./mail-reset-link.ts";

/**
 * Has a reset link mailed if there is such an account. Only the queue looks that up, so that neither the answer nor its
 * time tells (user enumeration).
 */
export async function requestReset(ctx: Ctx, input: { email: string }): Promise<{ sent: true }> {
  await ctx.countTry("link", input.email);
  // Sealed: the queue keeps what it was given for a while, also of addresses that have no account here.
  await emit(ctx, "auth/reset-requested", { sealedEmail: sealText(ctx.masterKey, RESET_REQUEST, input.email) });
  return { sent: true };
}
