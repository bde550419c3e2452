import { attemptCharge } from "../charging.ts";
import { badParameter, StripeAnswer } from "../errors.ts";
import { recordEvent } from "../events.ts";
import { stripeId } from "../ids.ts";
import type { PaymentIntent } from "../objects.ts";
import { boolean, currency, integer, list, metadata, oneOf, required, string } from "../parameters.ts";
import type { Routes } from "../routes.ts";
import { find, insert, listPage } from "../store.ts";
import { LISTING } from "./listing.ts";

const PARAMETERS = {
  amount: required(integer(50)),
  currency: required(currency()),
  customer: string(),
  payment_method: string(),
  allowed_payment_method_types: list(oneOf("card")),
  off_session: boolean(),
  confirm: boolean(),
  description: string(1000),
  transfer_group: string(),
  metadata: metadata(),
};

export function paymentIntentRoutes(routes: Routes): void {
  routes.post("/v1/payment_intents", {
    parameters: PARAMETERS,
    run: async (call, values) => {
      if (values.off_session && !values.confirm) {
        const message = "When `off_session` is provided, `confirm` must be `true`.";
        throw badParameter(message, "off_session");
      }
      if (!values.confirm || !values.payment_method) {
        const message =
          "The stand-in takes confirmed payments with a saved card only: pass confirm and payment_method.";
        throw badParameter(message, "payment_method", "parameter_missing");
      }
      if (values.customer) await find(call, "customer", values.customer, { param: "customer" });
      const method = await find(call, "payment_method", values.payment_method, { param: "payment_method" });
      if (method.customer !== (values.customer ?? null)) {
        const message = `The payment method ${method.id} does not belong to this customer.`;
        throw badParameter(message, "payment_method", "payment_method_customer_mismatch");
      }
      const intent = await insert<PaymentIntent>(call, {
        id: stripeId("pi"),
        object: "payment_intent",
        created: call.now,
        livemode: false,
        amount: values.amount,
        amount_received: 0,
        currency: "usd",
        customer: values.customer ?? null,
        description: values.description ?? null,
        payment_method: method.id,
        payment_method_types: ["card"],
        latest_charge: null,
        last_payment_error: null,
        setup_future_usage: null,
        status: "requires_payment_method",
        transfer_group: values.transfer_group ?? null,
        metadata: values.metadata ?? {},
      });
      await recordEvent(call, "payment_intent.created", intent);
      const result = await attemptCharge(call, intent, method, !values.off_session);
      if (!result.failure) return result.intent;
      const body = {
        type: "card_error",
        ...result.failure,
        charge: result.charge.id,
        payment_intent: result.intent,
      } as const;
      throw new StripeAnswer(402, body, true);
    },
  });

  routes.get("/v1/payment_intents", {
    parameters: { ...LISTING, customer: string() },
    run: (call, { customer, ...listing }) =>
      listPage(call, "payment_intent", "/v1/payment_intents", listing, { customer }),
  });

  routes.get("/v1/payment_intents/:id", {
    parameters: {},
    run: (call, _values, { id = "" }) => find(call, "payment_intent", id),
  });

  routes.get("/v1/charges", {
    parameters: { ...LISTING, customer: string(), payment_intent: string() },
    run: (call, { customer, payment_intent, ...listing }) =>
      listPage(call, "charge", "/v1/charges", listing, { customer, payment_intent }),
  });

  routes.get("/v1/charges/:id", { parameters: {}, run: (call, _values, { id = "" }) => find(call, "charge", id) });
}
