import type { z } from "zod";
import type { Party } from "../auth/actor.ts";
import { type Ctx, inTransaction } from "../context.ts";
import { CityError } from "../kernel/errors.ts";
import { endDispute } from "./end-dispute.ts";
import { findDispute, lockDispute } from "./find-dispute.ts";
import type { disputeView } from "./schema.ts";
import { refuseClosed } from "./states.ts";
import { viewDispute } from "./view.ts";

/** The buyer takes a dispute back; the seller's money is free again. */
export async function withdrawDispute(ctx: Ctx<Party>, input: { id: string }): Promise<z.infer<typeof disputeView>> {
  return inTransaction(ctx, async (tx) => {
    const { dispute, role, task } = await lockDispute(tx, input.id);
    if (role !== "buyer") throw new CityError("ACCESS_DENIED", "Only the buyer can withdraw a dispute.");
    refuseClosed(dispute);
    const decision = { outcome: "withdrawn", resolution: "Withdrawn by the buyer.", resolvedBy: "buyer" } as const;
    await endDispute(tx, { dispute, task }, decision);
    return viewDispute((await findDispute(tx, dispute.id)).dispute, role);
  });
}
