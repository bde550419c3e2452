import type { z } from "zod";
import type { Party } from "../auth/actor.ts";
import type { Ctx } from "../context.ts";
import { findDispute } from "./find-dispute.ts";
import type { disputeView } from "./schema.ts";
import { viewDispute } from "./view.ts";

/** One dispute, for its parties and for operators. */
export async function getDispute(ctx: Ctx<Party>, input: { id: string }): Promise<z.infer<typeof disputeView>> {
  const { dispute, role } = await findDispute(ctx, input.id);
  return viewDispute(dispute, role);
}
