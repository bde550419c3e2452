import { Prisma } from "#prisma";
import type { Ctx } from "#server/context.ts";
import type { Cents } from "#server/kernel/money.ts";
import { type Posted, postMove } from "./ask-ledger.ts";

/** A chargeback was decided for the city: its money (cents) is back, debts first. Once per `key`. */
export function reinstateTopUp(
  ctx: Pick<Ctx, "db">,
  input: { topUpId: string; key: string; ownerId: string; amount: Cents },
): Promise<Posted> {
  return postMove(
    ctx,
    Prisma.sql`ledger.credit_top_up(${input.topUpId}, ${input.ownerId}, ${input.amount}::bigint, 'chargeback_won', ${input.key})`,
  );
}
