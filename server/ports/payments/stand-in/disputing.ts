import { moveMoney } from "./balances.ts";
import { refused } from "./errors.ts";
import { recordEvent } from "./events.ts";
import { stripeId } from "./ids.ts";
import type { Charge, Dispute } from "./objects.ts";
import { find, insert, save } from "./store.ts";
import { type Call, PLATFORM } from "./world.ts";

/** The bank takes a payment back from the platform, whether its balance covers it or not. */
export async function openDispute(
  call: Call,
  intentId: string,
  amount: number | undefined,
  reason: string,
): Promise<Dispute> {
  const intent = await find(call, "payment_intent", intentId);
  if (intent.status !== "succeeded" || !intent.latest_charge) throw refused("This payment has not succeeded.");
  const charge = await find(call, "charge", intent.latest_charge, { lock: true });
  if (charge.disputed) throw refused(`Charge ${charge.id} has been charged back already.`, "charge_disputed");
  const disputed = Math.min(amount ?? charge.amount, charge.amount - charge.amount_refunded);
  if (disputed <= 0) throw refused(`Charge ${charge.id} has been refunded.`, "charge_already_refunded");
  const id = stripeId("dp");
  const entry = await moveMoney(call, {
    account: PLATFORM,
    amount: -disputed,
    type: "adjustment",
    source: id,
    mayOwe: true,
  });
  const dispute: Dispute = {
    id,
    object: "dispute",
    created: call.now,
    livemode: false,
    amount: disputed,
    charge: charge.id,
    currency: "usd",
    payment_intent: intent.id,
    reason,
    status: "needs_response",
    balance_transactions: [entry],
    is_charge_refundable: false,
    metadata: {},
  };
  await insert(call, dispute);
  await save<Charge>(call, { ...charge, disputed: true });
  await recordEvent(call, "charge.dispute.created", dispute);
  await recordEvent(call, "charge.dispute.funds_withdrawn", dispute);
  return dispute;
}

/** The bank decides: won brings the money back. */
export async function closeDispute(call: Call, id: string, won: boolean): Promise<Dispute> {
  const dispute = await find(call, "dispute", id, { lock: true });
  if (dispute.status !== "needs_response") throw refused(`This dispute is already ${dispute.status}.`);
  const entries = [...dispute.balance_transactions];
  if (won) {
    entries.push(
      await moveMoney(call, { account: PLATFORM, amount: dispute.amount, type: "adjustment", source: dispute.id }),
    );
  }
  const closed = await save<Dispute>(call, {
    ...dispute,
    status: won ? "won" : "lost",
    balance_transactions: entries,
    is_charge_refundable: won,
  });
  await recordEvent(call, "charge.dispute.closed", closed);
  if (won) await recordEvent(call, "charge.dispute.funds_reinstated", closed);
  return closed;
}
