import { type Ctx, inTransaction } from "../context.ts";
import { failTask } from "./end-task.ts";
import { lockTask } from "./find-task.ts";
import { releaseOffer } from "./release-offer.ts";

/** A deactivated agent loses its offers, which are rerouted now, and its running tasks, which fail now. */
export async function withdrawAgentTasks(ctx: Ctx, input: { agentId: string }): Promise<{ tasks: number }> {
  const rows = await ctx.db.task.findMany({
    where: { agentId: input.agentId, status: { in: ["routing", "executing"] } },
    select: { id: true },
  });
  for (const row of rows) {
    await inTransaction(ctx, async (tx) => {
      const task = await lockTask(tx, row.id);
      if (task.agentId !== input.agentId) return;
      if (task.status === "routing")
        await releaseOffer(tx, task, "withdrawn", { message: "The agent was deactivated." });
      if (task.status === "executing")
        await failTask(tx, task, "agent_failed", { message: "The agent was deactivated." });
    });
  }
  return { tasks: rows.length };
}
