import type { OwnerActor } from "../auth/actor.ts";
import type { Ctx } from "../context.ts";
import { type CheckReport, checkInvariants } from "../ledger/check-invariants.ts";
import { requireOperator } from "./require-operator.ts";

/** The ledger's invariants over the whole city, checked now. */
export async function checkBooks(ctx: Ctx<OwnerActor>): Promise<CheckReport> {
  requireOperator(ctx);
  return checkInvariants(ctx);
}
