import { createTrustKey } from "../trust/create-trust-key.ts";
import { getTrust } from "../trust/get-trust.ts";
import { listTrustKeys } from "../trust/list-trust-keys.ts";
import { revokeTrustKey } from "../trust/revoke-trust-key.ts";
import * as schema from "../trust/schema.ts";
import { by, router } from "./init.ts";

export const trustRouter = router({
  createKey: by("owner")
    .meta({ rest: { route: "POST /trust/keys", summary: "Create a trust key", status: 201, secret: true } })
    .input(schema.createTrustKeyInput)
    .output(schema.createdTrustKey)
    .mutation(({ ctx, input }) => createTrustKey(ctx, input)),

  listKeys: by("owner")
    .meta({ rest: { route: "GET /trust/keys", summary: "List trust keys" } })
    .output(schema.trustKeys)
    .query(({ ctx }) => listTrustKeys(ctx)),

  revokeKey: by("owner")
    .meta({ rest: { route: "DELETE /trust/keys/{id}", summary: "Revoke a trust key" } })
    .input(schema.trustKeyIdInput)
    .output(schema.revokedTrustKey)
    .mutation(({ ctx, input }) => revokeTrustKey(ctx, input)),

  // After `/trust/keys`, which it would match too.
  get: by("trust")
    .meta({ rest: { route: "GET /trust/{agentId}", summary: "An agent's standing, for third parties" } })
    .input(schema.trustInput)
    .output(schema.trustSummary)
    .query(({ ctx, input }) => getTrust(ctx, input)),
});
