import { Prisma } from "#prisma";
import type { Ctx } from "#server/context.ts";
import { type Posted, postMove } from "./ask-ledger.ts";

/** Takes back a transaction by its reference: a new one, with every leg turned round. Once, however often it is asked for. */
export function undoMove(ctx: Pick<Ctx, "db">, input: { reference: string }): Promise<Posted> {
  return postMove(ctx, Prisma.sql`ledger.undo(${input.reference})`);
}
