import { moveMoney } from "../balances.ts";
import { badParameter, refused } from "../errors.ts";
import { recordEvent } from "../events.ts";
import { stripeId } from "../ids.ts";
import type { Charge, Refund } from "../objects.ts";
import { integer, metadata, oneOf, string } from "../parameters.ts";
import type { Routes } from "../routes.ts";
import { find, insert, listPage, save } from "../store.ts";
import type { Call } from "../world.ts";
import { PLATFORM } from "../world.ts";
import { LISTING } from "./listing.ts";

async function chargeOf(
  call: Call,
  values: { charge?: string | undefined; payment_intent?: string | undefined },
): Promise<Charge> {
  if (!values.charge && !values.payment_intent) {
    const message = "One of the following params should be provided for this request: payment_intent or charge.";
    throw badParameter(message, "payment_intent", "parameter_missing");
  }
  if (values.charge) return find(call, "charge", values.charge, { param: "charge", lock: true });
  const intent = await find(call, "payment_intent", values.payment_intent ?? "", { param: "payment_intent" });
  if (intent.status !== "succeeded" || !intent.latest_charge) {
    throw refused(
      `This PaymentIntent (${intent.id}) does not have a successful charge to refund.`,
      "payment_intent_unexpected_state",
    );
  }
  return find(call, "charge", intent.latest_charge, { lock: true });
}

/** Whether the bank has decided a charge's one dispute for the platform: the charge is its own again. */
async function wasWon(call: Call, charge: Charge): Promise<boolean> {
  const { data } = await listPage(call, "dispute", "/v1/disputes", { limit: 1 }, { charge: charge.id });
  return data[0]?.status === "won";
}

function dollars(cents: number): string {
  return `$${(cents / 100).toFixed(2)}`;
}

export function refundRoutes(routes: Routes): void {
  routes.post("/v1/refunds", {
    parameters: {
      charge: string(),
      payment_intent: string(),
      amount: integer(1),
      reason: oneOf("duplicate", "fraudulent", "requested_by_customer"),
      metadata: metadata(),
    },
    run: async (call, values) => {
      const charge = await chargeOf(call, values);
      const remaining = charge.amount - charge.amount_refunded;
      if (charge.disputed && !(await wasWon(call, charge))) {
        throw refused(`Charge ${charge.id} has been charged back; cannot issue a refund.`, "charge_disputed");
      }
      if (remaining === 0) throw refused(`Charge ${charge.id} has already been refunded.`, "charge_already_refunded");
      const amount = values.amount ?? remaining;
      if (amount > remaining) {
        const message = `Refund amount (${dollars(amount)}) is greater than unrefunded amount on charge (${dollars(remaining)})`;
        throw refused(message, undefined, "amount");
      }
      const id = stripeId("re");
      const shortage = "Insufficient funds in your Stripe balance to refund this amount.";
      const entry = await moveMoney(call, { account: PLATFORM, amount: -amount, type: "refund", source: id, shortage });
      const refund = await insert<Refund>(call, {
        id,
        object: "refund",
        created: call.now,
        livemode: false,
        amount,
        balance_transaction: entry.id,
        charge: charge.id,
        currency: "usd",
        payment_intent: charge.payment_intent,
        reason: values.reason ?? null,
        status: "succeeded",
        failure_reason: null,
        metadata: values.metadata ?? {},
      });
      const refunded = charge.amount_refunded + amount;
      const changed = await save<Charge>(call, {
        ...charge,
        amount_refunded: refunded,
        refunded: refunded === charge.amount,
      });
      await recordEvent(call, "refund.created", refund);
      await recordEvent(call, "charge.refunded", changed);
      return refund;
    },
  });

  routes.get("/v1/refunds", {
    parameters: { ...LISTING, charge: string(), payment_intent: string() },
    run: (call, { charge, payment_intent, ...listing }) =>
      listPage(call, "refund", "/v1/refunds", listing, { charge, payment_intent }),
  });

  routes.get("/v1/refunds/:id", { parameters: {}, run: (call, _values, { id = "" }) => find(call, "refund", id) });

  routes.get("/v1/disputes", {
    parameters: { ...LISTING, charge: string(), payment_intent: string() },
    run: (call, { charge, payment_intent, ...listing }) =>
      listPage(call, "dispute", "/v1/disputes", listing, { charge, payment_intent }),
  });

  routes.get("/v1/disputes/:id", { parameters: {}, run: (call, _values, { id = "" }) => find(call, "dispute", id) });
}
