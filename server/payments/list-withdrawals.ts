import type { z } from "zod";
import type { OwnerActor } from "../auth/actor.ts";
import type { Ctx } from "../context.ts";
import { makePage, type Page } from "../kernel/pages.ts";
import type { listWithdrawalsInput, withdrawalView } from "./schema.ts";
import { viewWithdrawal } from "./view-withdrawal.ts";

/** The calling owner's withdrawals, newest first. */
export async function listWithdrawals(
  ctx: Ctx<OwnerActor>,
  input: z.infer<typeof listWithdrawalsInput>,
): Promise<Page<z.infer<typeof withdrawalView>>> {
  const where = { ownerId: ctx.actor.ownerId };
  const total = await ctx.db.withdrawal.count({ where });
  const rows = await ctx.db.withdrawal.findMany({
    where,
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    skip: (input.page - 1) * input.pageSize,
    take: input.pageSize,
  });
  return makePage(rows.map(viewWithdrawal), total, input);
}
