import { z } from "zod";
import { listOutbox } from "../mail/list-outbox.ts";
import { outboxMails } from "../mail/schema.ts";
import { getPreferences } from "../notifications/get-preferences.ts";
import { preferences, setPreferencesInput } from "../notifications/schema.ts";
import { setPreferences } from "../notifications/set-preferences.ts";
import { changePassword } from "../owners/change-password.ts";
import { closeAccount } from "../owners/close-account.ts";
import { exportAccount } from "../owners/export-account.ts";
import { getOverview } from "../owners/get-overview.ts";
import { getOwner } from "../owners/get-owner.ts";
import { inspectClosing } from "../owners/inspect-closing.ts";
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

  notifications: by("owner")
    .output(preferences)
    .query(({ ctx }) => getPreferences(ctx)),

  setNotifications: by("owner")
    .input(setPreferencesInput)
    .output(preferences)
    .mutation(({ ctx, input }) => setPreferences(ctx, input)),

  export: by("owner")
    .input(schema.exportInput)
    .output(schema.exportView)
    .query(({ ctx, input }) => exportAccount(ctx, input)),

  closing: by("owner")
    .output(schema.closingView)
    .query(({ ctx }) => inspectClosing(ctx)),

  close: by("owner")
    .input(schema.closeInput)
    .output(schema.closedView)
    .mutation(({ ctx, input }) => closeAccount(ctx, input)),

  /** Mails to the calling owner that local mode has kept instead of sending. */
  outbox: by("owner")
    .input(z.strictObject({}).optional())
    .output(outboxMails)
    .query(async ({ ctx }) => {
      if (ctx.ports.mail.adapter !== "outbox") return [];
      return listOutbox(ctx, { to: (await getOwner(ctx)).email });
    }),
});
