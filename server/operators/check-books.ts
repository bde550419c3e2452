import type { z } from "zod";
import type { Ctx } from "../context.ts";
import { checkInvariants } from "../ledger/check-invariants.ts";
import { listNightlyChecks } from "./nightly-checks.ts";
import type { ledgerReportView } from "./schema.ts";

/** The ledger's invariants over the whole city, checked now, and what the last night's checks found. */
export async function checkBooks(ctx: Ctx): Promise<z.infer<typeof ledgerReportView>> {
  return { ...(await checkInvariants(ctx)), nightly: await listNightlyChecks(ctx) };
}
