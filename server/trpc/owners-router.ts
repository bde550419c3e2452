import { z } from "zod";
import { listOutbox, outboxMails } from "../mail/list-outbox.ts";
import { changePassword } from "../owners/change-password.ts";
import { getOverview } from "../owners/get-overview.ts";
import { getOwner } from "../owners/get-owner.ts";
import * as schema from "../owners/schema.ts";
import { updateOwner } from "../owners/update-owner.ts";
import { by, router } from "./init.ts";

/** The dashboard's own operations on the account: no part of the public API. */
export const ownersRouter = router({
  me: by("owner")
    .output(schema.ownerView)
    .query(({ ctx }) => getOwner(ctx)),

  update: by("owner")
    .input(schema.updateOwnerInput)
    .output(schema.ownerView)
    .mutation(({ ctx, input }) => updateOwner(ctx, input)),

  changePassword: by("owner")
    .input(schema.changePasswordInput)
    .output(schema.changedPassword)
    .mutation(({ ctx, input }) => changePassword(ctx, input)),

  overview: by("owner")
    .input(schema.overviewInput)
    .output(schema.overviewView)
    .query(({ ctx, input }) => getOverview(ctx, input)),

  /** Mails to the calling owner that local mode has kept instead of sending. */
  outbox: by("owner")
    .input(z.strictObject({}).optional())
    .output(outboxMails)
    .query(async ({ ctx }) => {
      if (ctx.ports.mail.adapter !== "outbox") return [];
      return listOutbox(ctx, { to: (await getOwner(ctx)).email });
    }),
});
