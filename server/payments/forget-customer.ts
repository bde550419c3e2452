import type { Ctx } from "../context.ts";
import { reachPayments } from "./reach-payments.ts";

/** A closed account's name, address and cards leave the card company too. Repeatable. */
export async function forgetCustomer(ctx: Ctx, input: { customerId: string }): Promise<void> {
  await reachPayments(ctx).deleteCustomer(input.customerId);
}
