import { moveMoney } from "./balances.ts";
import { refused } from "./errors.ts";
import { recordEvent } from "./events.ts";
import type { Charge, Refund } from "./objects.ts";
import { find, save } from "./store.ts";
import { type Call, PLATFORM } from "./world.ts";

/** The card's bank sends a refund back, as happens with closed accounts: the money returns to the platform. */
export async function failRefund(call: Call, id: string): Promise<Refund> {
  const refund = await find(call, "refund", id, { lock: true });
  if (refund.status === "failed") throw refused("This refund has failed already.");
  const charge = await find(call, "charge", refund.charge, { lock: true });
  await moveMoney(call, { account: PLATFORM, amount: refund.amount, type: "adjustment", source: refund.id });
  const reason = "expired_or_canceled_card";
  const failed = await save<Refund>(call, { ...refund, status: "failed", failure_reason: reason });
  const remaining = charge.amount_refunded - refund.amount;
  await save<Charge>(call, { ...charge, amount_refunded: remaining, refunded: false });
  await recordEvent(call, "refund.updated", failed);
  await recordEvent(call, "refund.failed", failed);
  return failed;
}
