import type { Ctx } from "../context.ts";
import { isTransaction } from "../db/client.ts";
import type { PaymentsPort } from "../ports/payments.ts";

/**
 * The way to the card company, open only outside a transaction: an intent must be committed before the call, or a
 * crash between the two leaves money moved that nobody knows of. Throws inside one; that is an error in our code.
 */
export function reachPayments(ctx: Ctx): PaymentsPort {
  if (isTransaction(ctx.db)) throw new Error("No call to the card company inside a transaction.");
  return ctx.ports.payments;
}
