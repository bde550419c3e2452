import type { z } from "zod";
import type { Withdrawal } from "#prisma";
import type { Cents } from "../kernel/money.ts";
import { refusalText } from "./refusal-text.ts";
import type { withdrawalView } from "./schema.ts";

export type Sources = { agentId: string; amount: Cents }[];

export function viewWithdrawal(row: Withdrawal): z.infer<typeof withdrawalView> {
  return {
    id: row.id,
    amount: row.amount,
    sources: row.sources as Sources,
    status: row.status,
    failure: row.failure && refusalText(row.failure),
    createdAt: row.createdAt.toISOString(),
    paidAt: row.paidAt?.toISOString() ?? null,
  };
}
