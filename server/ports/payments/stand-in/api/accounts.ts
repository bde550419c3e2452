import { badParameter } from "../errors.ts";
import { stripeId } from "../ids.ts";
import type { Account, AccountLink } from "../objects.ts";
import { UNFINISHED } from "../onboarding.ts";
import { boolean, metadata, object, oneOf, required, string, url } from "../parameters.ts";
import type { Routes } from "../routes.ts";
import { find, insert, listPage } from "../store.ts";
import { LISTING } from "./listing.ts";

const CONTROLLER = object({
  stripe_dashboard: object({ type: oneOf("express") }),
  fees: object({ payer: oneOf("application") }),
  losses: object({ payments: oneOf("application") }),
  requirement_collection: oneOf("stripe"),
});

const LINK_SECONDS = 300;

export function accountRoutes(routes: Routes): void {
  routes.post("/v1/accounts", {
    parameters: {
      type: oneOf("express"),
      controller: CONTROLLER,
      country: string(2),
      email: string(800),
      business_type: oneOf("individual", "company", "non_profit"),
      capabilities: object({ transfers: object({ requested: boolean() }) }),
      settings: object({
        payouts: object({ schedule: object({ interval: oneOf("manual", "daily", "weekly", "monthly") }) }),
      }),
      metadata: metadata(),
    },
    run: async (call, values) => {
      if (values.type && values.controller) {
        throw badParameter(
          "You may not provide the `type` parameter and `controller` parameters simultaneously.",
          "type",
        );
      }
      if (!values.type && values.controller?.stripe_dashboard?.type !== "express") {
        throw badParameter("The stand-in creates Express accounts only.", "controller[stripe_dashboard][type]");
      }
      if (!values.capabilities?.transfers?.requested) {
        throw badParameter(
          "The stand-in's accounts receive transfers: request that capability.",
          "capabilities[transfers]",
        );
      }
      const id = stripeId("acct");
      const account: Account = {
        id,
        object: "account",
        created: call.now,
        livemode: false,
        type: "express",
        country: values.country ?? "US",
        default_currency: "usd",
        email: values.email ?? null,
        business_type: values.business_type ?? null,
        capabilities: { transfers: "inactive" },
        charges_enabled: false,
        payouts_enabled: false,
        details_submitted: false,
        requirements: {
          currently_due: UNFINISHED,
          eventually_due: UNFINISHED,
          past_due: UNFINISHED,
          pending_verification: [],
          disabled_reason: "requirements.past_due",
          current_deadline: null,
          errors: [],
        },
        external_accounts: { object: "list", data: [], has_more: false, url: `/v1/accounts/${id}/external_accounts` },
        settings: {
          payouts: {
            schedule: { interval: values.settings?.payouts?.schedule?.interval ?? "daily", delay_days: 2 },
            debit_negative_balances: false,
          },
        },
        metadata: values.metadata ?? {},
      };
      return insert(call, account);
    },
  });

  routes.get("/v1/accounts", {
    parameters: LISTING,
    run: (call, listing) => listPage(call, "account", "/v1/accounts", listing),
  });

  routes.get("/v1/accounts/:id", { parameters: {}, run: (call, _values, { id = "" }) => find(call, "account", id) });

  routes.post("/v1/account_links", {
    parameters: {
      account: required(string()),
      type: required(oneOf("account_onboarding")),
      refresh_url: required(url()),
      return_url: required(url()),
    },
    run: async (call, values) => {
      const account = await find(call, "account", values.account, { param: "account" });
      const link: AccountLink = {
        id: stripeId("alink"),
        object: "account_link",
        created: call.now,
        livemode: false,
        account: account.id,
        expires_at: call.now + LINK_SECONDS,
      };
      await insert(call, link, { hidden: { refresh: values.refresh_url, return: values.return_url } });
      const address = `${call.world.publicUrl}/setup/e/${account.id}/${link.id}`;
      return { object: link.object, created: link.created, expires_at: link.expires_at, url: address };
    },
  });
}
