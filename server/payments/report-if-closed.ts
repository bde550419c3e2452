import type { Ctx } from "../context.ts";
import type { Cents } from "../kernel/money.ts";

/**
 * Money has come to an owner who has closed the account and cannot reach it: an operator must. Logged as an error now; the
 * nightly check of cash names the sum until it is dealt with.
 */
export async function reportIfClosed(ctx: Ctx, input: { ownerId: string; amount: Cents; what: string }): Promise<void> {
  const { closedAt } = await ctx.db.owner.findUniqueOrThrow({ where: { id: input.ownerId } });
  if (closedAt) ctx.log.error(input, "money came to a closed account");
}
