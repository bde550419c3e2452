import { expireSession, openSession, type PaymentPlan } from "../checkout.ts";
import { badParameter, refused } from "../errors.ts";
import { stripeId } from "../ids.ts";
import type { CheckoutSession } from "../objects.ts";
import { currency, integer, list, metadata, object, oneOf, required, string, url } from "../parameters.ts";
import type { Routes } from "../routes.ts";
import { find, insert, listPage } from "../store.ts";
import { LISTING } from "./listing.ts";

const DAY = 24 * 3600;
const SMALLEST = 50;

const LINE_ITEM = object({
  quantity: required(integer(1)),
  price_data: required(
    object({
      currency: required(currency()),
      unit_amount: required(integer(0)),
      product_data: required(object({ name: required(string(250)), description: string() })),
    }),
  ),
});

const PARAMETERS = {
  mode: required(oneOf("payment")),
  ui_mode: oneOf("hosted_page"),
  customer: string(),
  customer_email: string(800),
  client_reference_id: string(200),
  allowed_payment_method_types: list(oneOf("card")),
  line_items: required(list(LINE_ITEM)),
  payment_intent_data: object({
    description: string(1000),
    metadata: metadata(),
    setup_future_usage: oneOf("off_session", "on_session"),
    transfer_group: string(),
  }),
  success_url: required(url()),
  cancel_url: url(),
  expires_at: integer(0, Number.MAX_SAFE_INTEGER),
  metadata: metadata(),
};

export function checkoutSessionRoutes(routes: Routes): void {
  routes.post("/v1/checkout/sessions", {
    parameters: PARAMETERS,
    run: async (call, values) => {
      if (values.customer) await find(call, "customer", values.customer, { param: "customer" });
      if (values.customer && values.customer_email) {
        throw badParameter("You may only specify one of these parameters: customer, customer_email.", "customer");
      }
      const amount = values.line_items.reduce((sum, item) => sum + item.quantity * item.price_data.unit_amount, 0);
      if (amount < SMALLEST) {
        const message = "The Checkout Session's total amount due must add up to at least $0.50 usd";
        throw badParameter(message, "line_items", "amount_too_small");
      }
      const expiresAt = values.expires_at ?? call.now + DAY;
      if (expiresAt < call.now + 1800 || expiresAt > call.now + DAY) {
        const message =
          "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation.";
        throw badParameter(message, "expires_at");
      }
      const id = stripeId("cs_test");
      const plan: PaymentPlan = {
        description: values.payment_intent_data?.description ?? null,
        setup_future_usage: values.payment_intent_data?.setup_future_usage ?? null,
        transfer_group: values.payment_intent_data?.transfer_group ?? null,
        metadata: values.payment_intent_data?.metadata ?? {},
      };
      const title = values.line_items[0]?.price_data.product_data.name ?? "";
      const session: CheckoutSession = {
        id,
        object: "checkout.session",
        created: call.now,
        livemode: false,
        mode: "payment",
        ui_mode: "hosted_page",
        status: "open",
        payment_status: "unpaid",
        amount_subtotal: amount,
        amount_total: amount,
        currency: "usd",
        customer: values.customer ?? null,
        customer_email: values.customer_email ?? null,
        client_reference_id: values.client_reference_id ?? null,
        payment_intent: null,
        payment_method_types: ["card"],
        success_url: values.success_url,
        cancel_url: values.cancel_url ?? null,
        url: `${call.world.publicUrl}/c/pay/${id}`,
        expires_at: expiresAt,
        metadata: values.metadata ?? {},
      };
      return insert(call, session, { hidden: { plan, title } });
    },
  });

  routes.get("/v1/checkout/sessions", {
    parameters: {
      ...LISTING,
      customer: string(),
      payment_intent: string(),
      status: oneOf("open", "complete", "expired"),
    },
    run: (call, { customer, payment_intent, status, ...listing }) =>
      listPage(call, "checkout.session", "/v1/checkout/sessions", listing, { customer, payment_intent, status }),
  });

  routes.get("/v1/checkout/sessions/:id", {
    parameters: {},
    run: async (call, _values, { id = "" }) => {
      const session = await find(call, "checkout.session", id);
      // Only one that has run out needs the lock.
      return session.status === "open" && session.expires_at <= call.now ? openSession(call, id) : session;
    },
  });

  routes.post("/v1/checkout/sessions/:id/expire", {
    parameters: {},
    run: async (call, _values, { id = "" }) => {
      const session = await openSession(call, id);
      if (session.status !== "open") {
        const message = `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of ${session.status}.`;
        throw refused(message);
      }
      return expireSession(call, session);
    },
  });
}
