import type { Ctx } from "../context.ts";
import { isCityError } from "../kernel/errors.ts";
import { chargeTopUp } from "./charge-top-up.ts";

/** Charges a requested automatic top-up. A decline is an outcome, not an error; no answer is one, and is tried again. */
export async function chargeAutoTopUp(ctx: Ctx, input: { topUpId: string }): Promise<{ status: string }> {
  const row = await ctx.db.topUp.findUnique({ where: { id: input.topUpId } });
  if (!row) return { status: "unknown" };
  if (row.status !== "pending") return { status: row.status };
  try {
    await chargeTopUp(ctx, row);
    return { status: "paid" };
  } catch (error) {
    if (isCityError(error) && error.code !== "UNAVAILABLE") {
      const after = await ctx.db.topUp.findUniqueOrThrow({ where: { id: row.id } });
      if (after.status === "failed") return { status: "failed" };
    }
    throw error;
  }
}
