import { Prisma } from "#prisma";
import type { Ctx } from "#server/context.ts";
import type { Cents } from "#server/kernel/money.ts";
import { postMove } from "./ask-ledger.ts";

/**
 * Before a withdrawal, and when an account closes: what lies in the wallets of an owner's agents, one agent after the other,
 * repays what any of them owes, then what the owner owes. `debt` (cents) is what is left. Pools need no such call: what fills
 * one repays at once. Once a cause; `fresh` when anything was repaid.
 */
export function repayFromWallets(
  ctx: Pick<Ctx, "db">,
  input: { cause: string; ownerId: string; agentIds: string[] },
): Promise<{ fresh: boolean; debt: Cents }> {
  return postMove<{ debt: Cents }>(
    ctx,
    Prisma.sql`ledger.repay_from_wallets(${input.ownerId}, ${input.cause}, ${input.agentIds}::text[])`,
  );
}
