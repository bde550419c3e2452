import type Stripe from "stripe";
import type { PaymentsPort, SavedCard } from "../payments.ts";
import { isPaymentError, PaymentError } from "./payment-error.ts";
import { asking } from "./stripe-errors.ts";
import { viewCard, viewCheckout, viewDispute, viewPayment, viewRefund } from "./stripe-views.ts";

type TopUps = Pick<
  PaymentsPort,
  | "createCustomer"
  | "deleteCustomer"
  | "createCheckout"
  | "getCheckout"
  | "getSavedCard"
  | "chargeSavedCard"
  | "getPayment"
  | "refund"
  | "getRefund"
  | "getDispute"
>;

const CHARGE = "latest_charge.balance_transaction";

/** Money in: customers, the hosted payment page, the saved card, refunds and chargebacks. Dollars and cards only. */
export function stripeTopUps(stripe: Stripe): TopUps {
  return {
    createCustomer: (input, key) =>
      asking("create customer", async () => {
        const customer = await stripe.customers.create(
          { email: input.email, ...(input.name && { name: input.name }), metadata: input.metadata },
          { idempotencyKey: key },
        );
        return { id: customer.id };
      }),

    deleteCustomer: (id) =>
      asking("delete customer", async () => {
        await stripe.customers.del(id);
      }).catch((error: unknown) => {
        if (!isPaymentError(error) || error.reason !== "resource_missing") throw error;
      }),

    // No `expires_at`: it would differ at a repeat and Stripe would refuse the key.
    createCheckout: (input, key) =>
      asking("create checkout", async () => {
        const session = await stripe.checkout.sessions.create(
          {
            mode: "payment",
            customer: input.customerId,
            allowed_payment_method_types: ["card"],
            line_items: [
              {
                quantity: 1,
                price_data: {
                  currency: "usd",
                  unit_amount: input.amountCents,
                  product_data: { name: input.description },
                },
              },
            ],
            payment_intent_data: {
              setup_future_usage: "off_session",
              description: input.description,
              metadata: input.metadata,
            },
            metadata: input.metadata,
            success_url: input.successUrl,
            cancel_url: input.cancelUrl,
          },
          { idempotencyKey: key },
        );
        return viewCheckout(session);
      }),

    getCheckout: (id) => asking("read checkout", async () => viewCheckout(await stripe.checkout.sessions.retrieve(id))),

    getSavedCard: (customerId) => asking("read saved card", () => newestCard(stripe, customerId)),

    chargeSavedCard: (input, key) =>
      asking("charge saved card", async () => {
        const cardId = input.cardId ?? (await newestCard(stripe, input.customerId))?.id;
        if (!cardId) throw new PaymentError("declined", "no_saved_card", { message: "There is no saved card." });
        const intent = await stripe.paymentIntents.create(
          {
            amount: input.amountCents,
            currency: "usd",
            customer: input.customerId,
            payment_method: cardId,
            allowed_payment_method_types: ["card"],
            off_session: true,
            confirm: true,
            description: input.description,
            metadata: input.metadata,
            expand: [CHARGE],
          },
          { idempotencyKey: key },
        );
        // With `off_session` Stripe answers 402 where the bank wants the person; this guards the promise in the port.
        if (intent.status === "requires_action") throw new PaymentError("declined", "authentication_required");
        return viewPayment(intent);
      }),

    getPayment: (id) =>
      asking("read payment", async () => viewPayment(await stripe.paymentIntents.retrieve(id, { expand: [CHARGE] }))),

    refund: (input, key) =>
      asking("refund", async () =>
        viewRefund(
          await stripe.refunds.create(
            {
              payment_intent: input.paymentId,
              amount: input.amountCents,
              reason: "requested_by_customer",
              metadata: input.metadata,
            },
            { idempotencyKey: key },
          ),
        ),
      ),

    getRefund: (id) => asking("read refund", async () => viewRefund(await stripe.refunds.retrieve(id))),

    getDispute: (id) => asking("read dispute", async () => viewDispute(await stripe.disputes.retrieve(id))),
  };
}

/** Stripe lists newest first. */
async function newestCard(stripe: Stripe, customerId: string): Promise<SavedCard | null> {
  const methods = await stripe.customers.listPaymentMethods(customerId, { type: "card", limit: 1 });
  return methods.data[0] ? viewCard(methods.data[0]) : null;
}
