import type { z } from "zod";
import type { OwnerActor } from "../auth/actor.ts";
import { type Ctx, inTransaction } from "../context.ts";
import { CityError } from "../kernel/errors.ts";
import { addEvidence } from "./add-evidence.ts";
import { endDispute } from "./end-dispute.ts";
import { findDispute, lockDispute } from "./find-dispute.ts";
import type { disputeView, resolveInput } from "./schema.ts";
import { refuseClosed } from "./states.ts";
import { viewDispute } from "./view.ts";

/** An operator decides; never about a dispute of its own. The note is shown to both sides and stays in the file. */
export async function resolveDispute(
  ctx: Ctx<OwnerActor>,
  input: z.infer<typeof resolveInput>,
): Promise<z.infer<typeof disputeView>> {
  return inTransaction(ctx, async (tx) => {
    const { dispute, role, task } = await lockDispute(tx, input.id);
    if (role !== "operator")
      throw new CityError("ACCESS_DENIED", "Only an operator who is no party decides a dispute.");
    refuseClosed(dispute);
    await addEvidence(tx, { disputeId: dispute.id, by: "operator", text: input.note });
    const outcome = input.winner === "buyer" ? "resolved_buyer" : "resolved_agent";
    await endDispute(tx, { dispute, task }, { outcome, resolution: input.note, resolvedBy: tx.actor.ownerId });
    return viewDispute((await findDispute(tx, dispute.id)).dispute, role);
  });
}
