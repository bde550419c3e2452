import { Prisma } from "#prisma";
import type { Ctx } from "#server/context.ts";
import type { Cents } from "#server/kernel/money.ts";
import { type Posted, postMove } from "./ask-ledger.ts";

/** Gives a new owner credits (cents) at the city's expense; never refundable to a card. Once an owner. */
export function grantStarterCredits(ctx: Pick<Ctx, "db">, input: { ownerId: string; amount: Cents }): Promise<Posted> {
  return postMove(ctx, Prisma.sql`ledger.grant_starter_credits(${input.ownerId}, ${input.amount}::bigint)`);
}
