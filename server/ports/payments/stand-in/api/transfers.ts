import { lockBalances, moveMoney } from "../balances.ts";
import { badParameter, refused } from "../errors.ts";
import { recordEvent } from "../events.ts";
import { takeFault } from "../faults.ts";
import { stripeId } from "../ids.ts";
import type { Transfer, TransferReversal } from "../objects.ts";
import { currency, integer, metadata, required, string } from "../parameters.ts";
import type { Routes } from "../routes.ts";
import { find, insert, listPage, save } from "../store.ts";
import { PLATFORM } from "../world.ts";
import { LISTING } from "./listing.ts";

const SHORTAGE =
  "You have insufficient available funds in your Stripe account. Try adding funds directly to your available balance by creating Charges using the 4000000000000077 test card.";

export function transferRoutes(routes: Routes): void {
  routes.post("/v1/transfers", {
    parameters: {
      amount: required(integer(1)),
      currency: required(currency()),
      destination: required(string()),
      transfer_group: string(),
      description: string(),
      metadata: metadata(),
    },
    run: async (call, values) => {
      const account = await find(call, "account", values.destination, { param: "destination" });
      if (account.capabilities.transfers !== "active") {
        const message =
          "Your destination account needs to have at least one of the following capabilities enabled: transfers";
        throw refused(message, "insufficient_capabilities_for_transfer");
      }
      if (await takeFault(call, "transfer_refused")) throw refused(SHORTAGE, "balance_insufficient");
      await lockBalances(call, [PLATFORM, account.id]);
      const [id, payment] = [stripeId("tr"), stripeId("py")];
      const amount = values.amount;
      const shortage = SHORTAGE;
      const entry = await moveMoney(call, {
        account: PLATFORM,
        amount: -amount,
        type: "transfer",
        source: id,
        shortage,
      });
      await moveMoney(call, { account: account.id, amount, type: "payment", source: payment });
      const transfer = await insert<Transfer>(call, {
        id,
        object: "transfer",
        created: call.now,
        livemode: false,
        amount,
        amount_reversed: 0,
        balance_transaction: entry.id,
        currency: "usd",
        description: values.description ?? null,
        destination: account.id,
        destination_payment: payment,
        reversed: false,
        reversals: { object: "list", data: [], has_more: false, url: `/v1/transfers/${id}/reversals` },
        source_type: "card",
        transfer_group: values.transfer_group ?? `group_${payment}`,
        metadata: values.metadata ?? {},
      });
      await recordEvent(call, "transfer.created", transfer);
      return transfer;
    },
  });

  routes.get("/v1/transfers", {
    parameters: { ...LISTING, destination: string(), transfer_group: string() },
    run: (call, { destination, transfer_group, ...listing }) =>
      listPage(call, "transfer", "/v1/transfers", listing, { destination, transfer_group }),
  });

  routes.get("/v1/transfers/:id", { parameters: {}, run: (call, _values, { id = "" }) => find(call, "transfer", id) });

  routes.post("/v1/transfers/:id/reversals", {
    parameters: { amount: integer(1), description: string(), metadata: metadata() },
    run: async (call, values, { id = "" }) => {
      const transfer = await find(call, "transfer", id, { lock: true });
      const remaining = transfer.amount - transfer.amount_reversed;
      const amount = values.amount ?? remaining;
      if (amount > remaining || remaining === 0) {
        throw badParameter(`Reversal amount (${amount}) is greater than unreversed amount (${remaining}).`, "amount");
      }
      await lockBalances(call, [PLATFORM, transfer.destination]);
      const reversalId = stripeId("trr");
      const shortage = "The recipient account does not have sufficient funds to cover the reversal.";
      const source = reversalId;
      await moveMoney(call, {
        account: transfer.destination,
        amount: -amount,
        type: "transfer_refund",
        source,
        shortage,
      });
      const entry = await moveMoney(call, { account: PLATFORM, amount, type: "transfer_refund", source });
      const reversal = await insert<TransferReversal>(call, {
        id: reversalId,
        object: "transfer_reversal",
        created: call.now,
        livemode: false,
        amount,
        balance_transaction: entry.id,
        currency: "usd",
        transfer: transfer.id,
        metadata: values.metadata ?? {},
      });
      const reversed = transfer.amount_reversed + amount;
      const changed = await save<Transfer>(call, {
        ...transfer,
        amount_reversed: reversed,
        reversed: reversed === transfer.amount,
        reversals: { ...transfer.reversals, data: [reversal, ...transfer.reversals.data] },
      });
      await recordEvent(call, "transfer.reversed", changed);
      return reversal;
    },
  });
}
