import { z } from "zod";
import { pageInput, pageOf } from "../kernel/pages.ts";

const id = z.string().max(64);
const cents = z.int("Whole cents, as a number.");

export const topUpInput = z.strictObject({
  amount: cents.min(500, "At least 500 cents.").max(1_000_000, "At most 1,000,000 cents."),
  useSavedCard: z.boolean().optional(),
});
export const topUpResult = z.union([
  z.object({ checkoutUrl: z.string() }),
  z.object({ newBalance: z.int(), amountCharged: z.int() }),
]);

export const setAutoTopUpInput = z.strictObject({
  enabled: z.boolean(),
  threshold: cents.min(0).max(1_000_000),
  reloadAmount: cents.min(500, "At least 500 cents.").max(1_000_000),
  monthlyCap: cents.min(500).max(100_000_000).nullable().optional(),
});

export const poolView = z
  .object({
    id: z.string(),
    ownerId: z.string(),
    balance: z.int(),
    held: z.int(),
    /** Owed after a chargeback. */
    debt: z.int(),
    /** What could be sent back to cards now. */
    returnable: z.int(),
    autoTopUp: z
      .object({
        enabled: z.boolean(),
        threshold: z.int(),
        reloadAmount: z.int(),
        monthlyCap: z.int().nullable(),
        pending: z.boolean(),
        /** Set when three declines in a row switched it off. */
        disabledAt: z.iso.datetime().nullable(),
      })
      .nullable(),
  })
  .meta({ id: "Pool" });

export const listTransactionsInput = z.strictObject({
  cursor: z.string().max(40).optional(),
  pageSize: z.coerce.number().int().min(1).max(100).default(20),
  agentId: id.optional(),
  taskId: id.optional(),
  /** Only postings that touched this account of the caller's: what stands behind one number of the wallet page. */
  account: z.enum(["pool", "held", "wallet", "escrow", "disputed", "receivable", "payout_in_flight"]).optional(),
});
export const transactionView = z
  .object({
    id: z.string(),
    type: z.string(),
    /** Negative when it left what the caller can spend or withdraw. */
    amount: z.int(),
    from: z.string(),
    to: z.string(),
    taskId: z.string().nullable(),
    agentId: z.string().nullable(),
    description: z.string().nullable(),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: "Transaction" });
export const transactionPage = z.object({
  data: z.array(transactionView),
  pagination: z.object({ pageSize: z.int(), nextCursor: z.string().nullable() }),
});

export const statementInput = z.strictObject({
  month: z.string().regex(/^20\d\d-(0[1-9]|1[0-2])$/, "A month such as 2026-11."),
});
export const statementView = z.object({ filename: z.string(), csv: z.string() });

export const connectLinkView = z.object({ url: z.string() });
export const connectStatusView = z
  .object({
    connected: z.boolean(),
    detailsSubmitted: z.boolean(),
    payoutsEnabled: z.boolean(),
    restrictedReason: z.string().nullable(),
  })
  .meta({ id: "ConnectStatus" });

export const withdrawInput = z.strictObject({
  agentId: id.optional(),
  amount: cents.min(500, "At least 500 cents.").max(100_000_000),
});
export const listWithdrawalsInput = z.strictObject(pageInput);
export const withdrawalView = z
  .object({
    id: z.string(),
    amount: z.int(),
    sources: z.array(z.object({ agentId: z.string(), amount: z.int() })),
    status: z.enum(["requested", "processing", "paid", "failed"]),
    /** Why it failed, or what it waits for. */
    failure: z.string().nullable(),
    createdAt: z.iso.datetime(),
    paidAt: z.iso.datetime().nullable(),
  })
  .meta({ id: "Withdrawal" });
export const withdrawalPage = pageOf(withdrawalView);

export const returnUnspentInput = z.strictObject({ amount: cents.min(1).max(1_000_000) });
export const returnUnspentView = z.object({ returned: z.int(), newBalance: z.int() });

/** `id` is the task's. */
export const receiptInput = z.strictObject({ id });
export const receiptView = z
  .object({
    taskId: z.string(),
    lines: z.array(
      z.object({
        reference: z.string(),
        /** The exact text that was hashed. */
        text: z.string(),
        /** Null until the next sealing, within minutes. */
        seal: z
          .object({
            no: z.int(),
            transactions: z.int(),
            previous: z.string(),
            root: z.string(),
            hash: z.string(),
            proof: z.array(z.object({ side: z.enum(["left", "right"]), hash: z.string() })),
          })
          .nullable(),
      }),
    ),
  })
  .meta({ id: "Receipt" });

export const listSealsInput = z.strictObject({
  after: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
});
export const seals = z.array(z.object({ no: z.int(), transactions: z.int(), hash: z.string() }));

export const ledgerReportView = z.object({
  ok: z.boolean(),
  results: z.array(
    z.object({
      no: z.int(),
      name: z.string(),
      ok: z.boolean(),
      violations: z.int(),
      examples: z.array(z.string()),
    }),
  ),
});
