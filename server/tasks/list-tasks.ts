import type { z } from "zod";
import type { Prisma } from "#prisma";
import type { Party } from "../auth/actor.ts";
import type { Ctx } from "../context.ts";
import { makePage, type Page } from "../kernel/pages.ts";
import { findListed } from "./find-task.ts";
import type { listTasksInput, taskView } from "./schema.ts";
import { type TaskRow, viewForBuyer, viewForSeller } from "./view.ts";

/** The caller's tasks, newest first: those it bought, or those it was hired for. */
export async function listTasks(
  ctx: Ctx<Party>,
  input: z.infer<typeof listTasksInput>,
): Promise<Page<z.infer<typeof taskView>>> {
  const where: Prisma.TaskWhereInput = {
    ...side(ctx.actor, input.role),
    ...(input.status && { status: input.status }),
    ...(input.taskType && { taskType: input.taskType }),
  };
  const [total, rows] = await Promise.all([
    ctx.db.task.count({ where }),
    ctx.db.task.findMany({
      where,
      select: { id: true },
      orderBy: [{ createdAt: "desc" }, { id: "desc" }],
      skip: (input.page - 1) * input.pageSize,
      take: input.pageSize,
    }),
  ]);
  const tasks = await findListed(
    ctx,
    rows.map(({ id }) => id),
    input.role,
  );
  const view = (task: TaskRow) => (input.role === "buyer" ? viewForBuyer(task) : viewForSeller(task));
  return makePage(tasks.map(view), total, input);
}

function side(actor: Party, role: "buyer" | "seller"): Prisma.TaskWhereInput {
  if (actor.kind === "owner")
    return role === "buyer" ? { buyerOwnerId: actor.ownerId } : { sellerOwnerId: actor.ownerId };
  return role === "buyer" ? { buyerAgentId: actor.agentId } : { agentId: actor.agentId };
}
