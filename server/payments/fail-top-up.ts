import { type Ctx, inTransaction } from "../context.ts";
import { endAutoTopUp } from "./end-auto-top-up.ts";

/**
 * A pending top-up came to nothing. No money has moved; money that arrives after all is still booked. `dropped`: by
 * us, which says nothing about the card.
 */
export async function failTopUp(
  ctx: Ctx,
  input: { topUpId: string; status: "failed" | "expired"; reason: string; dropped?: boolean },
): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    const { count } = await tx.db.topUp.updateMany({
      where: { id: input.topUpId, status: "pending" },
      data: { status: input.status, failure: input.reason },
    });
    if (count === 0) return;
    await endAutoTopUp(tx, { topUpId: input.topUpId, outcome: input.dropped ? "dropped" : "declined" });
  });
}
