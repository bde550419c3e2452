import { Prisma } from "#prisma";
import type { Ctx } from "#server/context.ts";
import type { Cents } from "#server/kernel/money.ts";
import { type Posted, postMove } from "./ask-ledger.ts";

/**
 * Books money (cents) of a top-up that the card company took back. What the pool no longer has becomes the owner's `debt`.
 * `key` names the card company's dispute or refund; once per key.
 */
export function chargeBackTopUp(
  ctx: Pick<Ctx, "db">,
  input: { topUpId: string; key: string; ownerId: string; amount: Cents },
): Promise<Posted & { debt: Cents }> {
  return postMove<{ debt: Cents }>(
    ctx,
    Prisma.sql`ledger.charge_back_top_up(${input.topUpId}, ${input.key}, ${input.ownerId}, ${input.amount}::bigint)`,
  );
}
