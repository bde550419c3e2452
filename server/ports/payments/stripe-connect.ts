import type Stripe from "stripe";
import type { Balance, PaymentsPort } from "../payments.ts";
import { asking } from "./stripe-errors.ts";
import { viewAccount, viewPayout, viewTransfer } from "./stripe-views.ts";

type Connect = Pick<
  PaymentsPort,
  | "createAccount"
  | "createAccountLink"
  | "getAccount"
  | "createTransfer"
  | "getTransfer"
  | "reverseTransfer"
  | "createPayout"
  | "getPayout"
  | "getBalance"
>;

/** Money out: Express accounts, separate transfers, and payouts on a manual schedule. */
export function stripeConnect(stripe: Stripe): Connect {
  return {
    // The `controller` values that make an Express account: the city pays fees and bears losses, Stripe collects data.
    createAccount: (input, key) =>
      asking("create account", async () => {
        const account = await stripe.accounts.create(
          {
            controller: {
              stripe_dashboard: { type: "express" },
              fees: { payer: "application" },
              losses: { payments: "application" },
              requirement_collection: "stripe",
            },
            country: input.country ?? "US",
            email: input.email,
            capabilities: { transfers: { requested: true } },
            settings: { payouts: { schedule: { interval: "manual" } } },
            metadata: input.metadata,
          },
          { idempotencyKey: key },
        );
        return viewAccount(account);
      }),

    createAccountLink: (input, key) =>
      asking("create account link", async () => {
        const link = await stripe.accountLinks.create(
          {
            account: input.accountId,
            type: "account_onboarding",
            refresh_url: input.refreshUrl,
            return_url: input.returnUrl,
          },
          { idempotencyKey: key },
        );
        return { url: link.url, expiresAt: new Date(link.expires_at * 1000).toISOString() };
      }),

    getAccount: (id) => asking("read account", async () => viewAccount(await stripe.accounts.retrieve(id))),

    createTransfer: (input, key) =>
      asking("create transfer", async () =>
        viewTransfer(
          await stripe.transfers.create(
            {
              amount: input.amountCents,
              currency: "usd",
              destination: input.accountId,
              transfer_group: input.transferGroup,
              ...(input.description && { description: input.description }),
              metadata: input.metadata,
            },
            { idempotencyKey: key },
          ),
        ),
      ),

    getTransfer: (id) => asking("read transfer", async () => viewTransfer(await stripe.transfers.retrieve(id))),

    reverseTransfer: (input, key) =>
      asking("reverse transfer", async () => {
        await stripe.transfers.createReversal(
          input.transferId,
          { amount: input.amountCents, metadata: input.metadata },
          { idempotencyKey: key },
        );
        return viewTransfer(await stripe.transfers.retrieve(input.transferId));
      }),

    createPayout: (input, key) =>
      asking("create payout", async () => {
        const payout = await stripe.payouts.create(
          { amount: input.amountCents, currency: "usd", metadata: input.metadata },
          { idempotencyKey: key, stripeAccount: input.accountId },
        );
        return viewPayout(input.accountId, payout);
      }),

    getPayout: (accountId, id) =>
      asking("read payout", async () =>
        viewPayout(accountId, await stripe.payouts.retrieve(id, {}, { stripeAccount: accountId })),
      ),

    getBalance: (accountId) =>
      asking("read balance", async (): Promise<Balance> => {
        const balance = await stripe.balance.retrieve({}, accountId ? { stripeAccount: accountId } : {});
        const dollars = (parts: { currency: string; amount: number }[]) =>
          parts.filter((part) => part.currency === "usd").reduce((sum, part) => sum + part.amount, 0);
        return { availableCents: dollars(balance.available), pendingCents: dollars(balance.pending) };
      }),
  };
}
