import type { Ctx } from "../../context.ts";
import { settleTopUp } from "../settle-top-up.ts";

/** `payment_intent.*`: a payment of a top-up went through or was refused. */
export async function handlePayment(ctx: Ctx, event: { objectId: string }): Promise<void> {
  await settleTopUp(ctx, { paymentId: event.objectId });
}
