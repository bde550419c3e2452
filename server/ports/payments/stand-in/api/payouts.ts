import { moveMoney, readBalance } from "../balances.ts";
import { badParameter, refused } from "../errors.ts";
import { recordEvent } from "../events.ts";
import { stripeId } from "../ids.ts";
import type { Payout } from "../objects.ts";
import { currency, integer, metadata, oneOf, required, string } from "../parameters.ts";
import type { Routes } from "../routes.ts";
import { find, insert, listPage } from "../store.ts";
import { type Call, PLATFORM } from "../world.ts";
import { LISTING } from "./listing.ts";

const TWO_DAYS = 2 * 24 * 3600;

async function bankOf(call: Call): Promise<string> {
  if (call.account === PLATFORM) {
    throw badParameter(
      "The stand-in pays out from connected accounts only: send the Stripe-Account header.",
      "destination",
    );
  }
  const account = await find(call, "account", call.account, { account: PLATFORM, lock: true });
  const bank = account.external_accounts.data[0];
  if (!bank)
    throw refused("Sorry, you don't have any external accounts in that currency (usd).", "payouts_not_allowed");
  if (!account.payouts_enabled) {
    throw refused(
      "Cannot create payouts: this account has requirements that need to be completed.",
      "payouts_not_allowed",
    );
  }
  return bank.id;
}

export function payoutRoutes(routes: Routes): void {
  routes.post("/v1/payouts", {
    parameters: {
      amount: required(integer(1)),
      currency: required(currency()),
      description: string(),
      method: oneOf("standard"),
      statement_descriptor: string(22),
      metadata: metadata(),
    },
    run: async (call, values) => {
      const destination = await bankOf(call);
      const { amount } = values;
      const id = stripeId("po");
      const shortage = "You have insufficient funds in your Stripe account for this payout.";
      const entry = await moveMoney(call, {
        account: call.account,
        amount: -amount,
        type: "payout",
        source: id,
        shortage,
      });
      const payout = await insert<Payout>(call, {
        id,
        object: "payout",
        created: call.now,
        livemode: false,
        amount,
        arrival_date: call.now + TWO_DAYS,
        automatic: false,
        balance_transaction: entry.id,
        currency: "usd",
        description: values.description ?? null,
        destination,
        failure_balance_transaction: null,
        failure_code: null,
        failure_message: null,
        method: "standard",
        source_type: "card",
        statement_descriptor: values.statement_descriptor ?? null,
        status: "pending",
        type: "bank_account",
        metadata: values.metadata ?? {},
      });
      const { settings } = call;
      if (settings.payouts === "auto") {
        await call.db.query(
          `insert into stripe_stand_in.job (kind, object_id, due)
           values ('payout', $1, clock_timestamp() + $2 * interval '1 millisecond')`,
          [id, settings.payoutDelayMs],
        );
        call.queued.jobs = true;
      }
      await recordEvent(call, "payout.created", payout);
      return payout;
    },
  });

  routes.get("/v1/payouts", {
    parameters: { ...LISTING, destination: string(), status: string() },
    run: (call, { destination, status, ...listing }) =>
      listPage(call, "payout", "/v1/payouts", listing, { destination, status }),
  });

  routes.get("/v1/payouts/:id", { parameters: {}, run: (call, _values, { id = "" }) => find(call, "payout", id) });

  routes.get("/v1/balance", {
    parameters: {},
    run: async (call) => {
      const { available, pending } = await readBalance(call, call.account);
      const part = (amount: number) => [{ amount, currency: "usd", source_types: { card: amount } }];
      return { object: "balance", available: part(available), pending: part(pending), livemode: false };
    },
  });

  routes.get("/v1/balance_transactions", {
    parameters: { ...LISTING, type: string(), source: string() },
    run: (call, { type, source, ...listing }) =>
      listPage(call, "balance_transaction", "/v1/balance_transactions", listing, { type, source }),
  });
}
