import { Prisma } from "#prisma";
import type { Ctx } from "#server/context.ts";
import type { Cents } from "#server/kernel/money.ts";
import { type Posted, postMove } from "./ask-ledger.ts";

/** Books money (cents) that arrived from a card: into the pool, where it repays the owner's debt first. Once a top-up. */
export function creditTopUp(
  ctx: Pick<Ctx, "db">,
  input: { topUpId: string; ownerId: string; amount: Cents },
): Promise<Posted> {
  return postMove(ctx, Prisma.sql`ledger.credit_top_up(${input.topUpId}, ${input.ownerId}, ${input.amount}::bigint)`);
}
