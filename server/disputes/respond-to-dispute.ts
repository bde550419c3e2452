import type { z } from "zod";
import type { Party } from "../auth/actor.ts";
import { type Ctx, cityNow, inTransaction } from "../context.ts";
import { CityError, invalidState } from "../kernel/errors.ts";
import { recordEvent } from "../tasks/record-event.ts";
import { addEvidence, EVIDENCE_MAX } from "./add-evidence.ts";
import { findDispute, lockDispute } from "./find-dispute.ts";
import { notifyParties } from "./notify-parties.ts";
import type { disputeView, respondInput } from "./schema.ts";
import { refuseClosed } from "./states.ts";
import { viewDispute } from "./view.ts";

/**
 * A party's word on a dispute. The seller's first brings it under review and must come in time (72 hours); after that
 * both may add to the file until it is decided, or it is full: an operator has to read all of it.
 */
export async function respondToDispute(
  ctx: Ctx<Party>,
  input: z.infer<typeof respondInput>,
): Promise<z.infer<typeof disputeView>> {
  return inTransaction(ctx, async (tx) => {
    const { dispute, role } = await lockDispute(tx, input.id);
    if (role === "operator") throw new CityError("ACCESS_DENIED", "Only the parties respond; an operator decides.");
    refuseClosed(dispute);
    const answers = role === "seller" && dispute.status === "open";
    if (answers && (await cityNow(tx)) >= dispute.respondBy) {
      throw invalidState("The time to respond is over; the quality score decides.", dispute.status, []);
    }
    const texts = [input.response, input.evidence].filter((text) => text !== undefined);
    const earlier = dispute.evidence.filter(({ by }) => by === role).length;
    if (earlier + texts.length > EVIDENCE_MAX) {
      const message = `Each side can add ${EVIDENCE_MAX} texts to a dispute; you have added ${earlier}.`;
      throw new CityError("CONFLICT", message, { details: { limit: EVIDENCE_MAX, added: earlier } });
    }
    for (const text of texts) await addEvidence(tx, { disputeId: dispute.id, by: role, text });
    if (answers) {
      await tx.db.dispute.updateMany({ where: { id: dispute.id, status: "open" }, data: { status: "under_review" } });
    }
    await recordEvent(tx, dispute.taskId, "dispute_response", { disputeId: dispute.id, by: role });
    await notifyParties(tx, dispute, { kind: "dispute_answered", by: role });
    return viewDispute((await findDispute(tx, dispute.id)).dispute, role);
  });
}
