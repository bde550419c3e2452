import { z } from "zod";
import { agentPrivate, budgetView } from "../agents/schema.ts";
import { ownerTokenView, signUpInput } from "../auth/schema.ts";
import { disputeView } from "../disputes/schema.ts";
import { preferences } from "../notifications/schema.ts";
import { connectStatusView, poolView, transactionView, withdrawalView } from "../payments/schema.ts";
import { buyerTask, sellerTask } from "../tasks/schema.ts";
import { trustKeys } from "../trust/schema.ts";
import { webhookConfig } from "../webhooks/schema.ts";

export const ownerView = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  emailVerified: z.boolean(),
  role: z.enum(["owner", "operator"]),
  createdAt: z.iso.datetime(),
  /** The city's time, so that countdowns follow it and not the browser's clock. */
  now: z.iso.datetime(),
});

export const updateOwnerInput = z.strictObject({ name: signUpInput.shape.name });
export const changePasswordInput = z.strictObject({
  current: z.string().min(1).max(1_000),
  next: signUpInput.shape.password,
});
export const changedPassword = z.object({ changed: z.literal(true) });

export const overviewInput = z.strictObject({ days: z.int().min(1).max(366).default(30) });
const figures = { spentCents: z.int(), earnedCents: z.int(), completed: z.int(), failed: z.int(), refunded: z.int() };
export const overviewView = z.object({
  totals: z.object({ ...figures, medianScore: z.number().nullable() }),
  days: z.array(z.object({ day: z.string(), ...figures, meanScore: z.number().nullable() })),
});

export const exportInput = z
  .strictObject({ cursor: z.string().max(100).optional().describe("`nextCursor` of the part before.") })
  .default({});

/** One part of all that is an owner's. Joined by key, the parts are the whole; the first has the account itself. */
export const exportView = z.object({
  part: z
    .object({
      exportedAt: z.iso.datetime(),
      profile: ownerView,
      notifications: preferences,
      pool: poolView,
      bank: connectStatusView,
      agents: z.array(agentPrivate.extend({ budget: budgetView, webhookSettings: webhookConfig.nullable() })),
      ownerTokens: z.array(ownerTokenView),
      trustKeys,
      statements: z.array(z.string()).describe("Months with a statement, such as 2026-11."),
      tasksBought: z.array(buyerTask),
      tasksSold: z.array(sellerTask),
      disputes: z.array(disputeView),
      withdrawals: z.array(withdrawalView),
      transactions: z.array(transactionView),
    })
    .partial(),
  nextCursor: z.string().nullable().describe("Null with the last part."),
});

/** What stands in the way of closing an account. */
export const closingView = z.object({
  blockers: z.array(
    z.object({
      kind: z
        .enum(["holds", "work", "escrow", "disputes", "debt", "withdrawals", "top_ups", "returns", "balance"])
        .describe("`work`: tasks that the owner's agents are at; `returns`: card money on its way back to its card."),
      count: z.int(),
      amount: z.int().describe("Cents."),
    }),
  ),
  canBeGivenUp: z
    .int()
    .describe(
      "Cents of the balance that cannot be paid out: granted credits, what a chargeback left, very small earnings.",
    ),
});
export const closeInput = z.strictObject({
  password: z.string().min(1, "Give your password.").max(1_000),
  giveUp: z.boolean().default(false).describe("Agree to lose what cannot be paid out."),
});
export const closedView = z.object({ closed: z.literal(true), closedAt: z.iso.datetime() });
