import type { Ctx } from "../context.ts";
import { isCityError } from "../kernel/errors.ts";
import { readPool } from "../ledger/read-pool.ts";
import { chargeTopUp } from "./charge-top-up.ts";

/**
 * Charges a requested automatic top-up. A decline is an outcome, not an error; no answer is one, and is tried again,
 * hours later perhaps. `unwanted`: automatic top-ups were switched off meanwhile, or the owner has come into debt. Then
 * the row waits for reconciliation, which knows whether an earlier try has charged the card after all.
 */
export async function chargeAutoTopUp(ctx: Ctx, input: { topUpId: string }): Promise<{ status: string }> {
  const row = await ctx.db.topUp.findUnique({ where: { id: input.topUpId } });
  if (!row) return { status: "unknown" };
  if (row.status !== "pending") return { status: row.status };
  if (!(await isWanted(ctx, row.ownerId))) return { status: "unwanted" };
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

async function isWanted(ctx: Ctx, ownerId: string): Promise<boolean> {
  const auto = await ctx.db.autoTopUp.findUnique({ where: { ownerId }, select: { enabled: true } });
  if (!auto?.enabled) return false;
  return (await readPool(ctx, ownerId)).debt === 0;
}
