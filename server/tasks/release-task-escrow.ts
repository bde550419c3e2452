import { type Ctx, cityNow, inTransaction } from "../context.ts";
import { isOpen } from "../disputes/states.ts";
import { releaseEscrow as releaseInLedger } from "../ledger/release-escrow.ts";
import type { Expiry } from "./expire-offer.ts";
import { lockTask } from "./find-task.ts";
import { recordEvent, tellSeller } from "./record-event.ts";
import { withDispute } from "./view.ts";

/** Makes the seller's share available when the escrow's time is over. A refund or an open dispute stands in its way. */
export async function releaseTaskEscrow(ctx: Ctx, input: { taskId: string }): Promise<Expiry> {
  return inTransaction(ctx, async (tx) => {
    const task = await lockTask(tx, input.taskId);
    if (task.status !== "completed" || task.escrowReleasedAt || !task.escrowReleasesAt) return { state: "settled" };
    // The dispute's own decision releases what it froze.
    if (task.dispute && isOpen(task.dispute)) return { state: "settled" };
    const now = await cityNow(tx);
    if (now < task.escrowReleasesAt) return { state: "waiting", until: task.escrowReleasesAt.toISOString() };
    const { released } = await releaseInLedger(tx, { taskId: task.id });
    const after = await tx.db.task.update({
      where: { id: task.id },
      data: { escrowReleasedAt: now },
      include: withDispute,
    });
    await recordEvent(tx, task.id, "escrow_released", { released });
    await tellSeller(tx, after, "earnings_released");
    return { state: "settled" };
  });
}
