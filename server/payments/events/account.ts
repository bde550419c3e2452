import type { Ctx } from "../../context.ts";
import { syncConnectAccount } from "../sync-connect-account.ts";

/** `account.updated`: a seller's bank connection changed. */
export async function handleAccount(ctx: Ctx, event: { objectId: string }): Promise<void> {
  await syncConnectAccount(ctx, { accountId: event.objectId });
}
