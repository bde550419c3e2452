import type { Ctx } from "../context.ts";
import { newId } from "../kernel/ids.ts";

/** Texts that each side may add to a dispute. */
export const EVIDENCE_MAX = 20;

/** Adds to a dispute's file: what a party said or showed, what an operator or the clock decided. Nothing is ever removed. */
export async function addEvidence(
  ctx: Ctx,
  input: { disputeId: string; by: "buyer" | "seller" | "operator" | "city"; text: string },
): Promise<void> {
  const ownerId = "ownerId" in ctx.actor ? ctx.actor.ownerId : null;
  await ctx.db.$executeRaw`
    insert into dispute_evidence (id, dispute_id, by, owner_id, text, created_at)
    values (${newId()}, ${input.disputeId}, ${input.by}, ${ownerId}, ${input.text}, city_now())`;
}
