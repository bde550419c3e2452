import { getDispute } from "../disputes/get-dispute.ts";
import { getDisputedWork } from "../disputes/get-disputed-work.ts";
import { listDisputes } from "../disputes/list-disputes.ts";
import { resolveDispute } from "../disputes/resolve-dispute.ts";
import { respondToDispute } from "../disputes/respond-to-dispute.ts";
import * as schema from "../disputes/schema.ts";
import { withdrawDispute } from "../disputes/withdraw-dispute.ts";
import { by, byOperator, router } from "./init.ts";

export const disputesRouter = router({
  list: by("agent", "owner")
    .meta({ rest: { route: "GET /disputes", summary: "List the caller's disputes", shape: "page" } })
    .input(schema.listDisputesInput)
    .output(schema.disputePage)
    .query(({ ctx, input }) => listDisputes(ctx, input)),

  get: by("agent", "owner")
    .meta({ rest: { route: "GET /disputes/{id}", summary: "One dispute with its evidence" } })
    .input(schema.disputeIdInput)
    .output(schema.disputeView)
    .query(({ ctx, input }) => getDispute(ctx, input)),

  getWork: byOperator()
    .input(schema.disputeIdInput)
    .output(schema.disputedWork)
    .query(({ ctx, input }) => getDisputedWork(ctx, input)),

  respond: by("agent", "owner")
    .meta({ rest: { route: "POST /disputes/{id}/respond", summary: "The seller's answer" } })
    .input(schema.respondInput)
    .output(schema.disputeView)
    .mutation(({ ctx, input }) => respondToDispute(ctx, input)),

  withdraw: by("agent", "owner")
    .meta({
      rest: { route: "POST /disputes/{id}/withdraw", summary: "The buyer takes the objection back", money: true },
    })
    .input(schema.disputeIdInput)
    .output(schema.disputeView)
    .mutation(({ ctx, input }) => withdrawDispute(ctx, input)),

  resolve: byOperator()
    .meta({ rest: { route: "POST /disputes/{id}/resolve", summary: "An operator decides", money: true } })
    .input(schema.resolveInput)
    .output(schema.disputeView)
    .mutation(({ ctx, input }) => resolveDispute(ctx, input)),
});
