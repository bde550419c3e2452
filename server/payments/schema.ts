import { z } from "zod";
import { centsWithin } from "../kernel/cents.ts";
import { AMOUNTS } from "../kernel/money.ts";
import { pageInput, pageOf } from "../kernel/pages.ts";

const id = z.string().max(64);

export const topUpInput = z.strictObject({
  amount: centsWithin(AMOUNTS.topUp).describe("Cents."),
  useSavedCard: z.boolean().optional().describe("Charge the saved card at once instead of opening a payment page."),
});
export const topUpResult = z.union([
  z.object({ checkoutUrl: z.string().describe("The page where the owner pays.") }),
  z.object({ newBalance: z.int().describe("Cents."), amountCharged: z.int().describe("Cents.") }),
]);

export const setAutoTopUpInput = z.strictObject({
  enabled: z.boolean(),
  threshold: centsWithin(AMOUNTS.threshold).describe("Cents: below this the saved card is charged."),
  reloadAmount: centsWithin(AMOUNTS.topUp).describe("Cents charged each time."),
  monthlyCap: centsWithin(AMOUNTS.monthlyCap)
    .nullable()
    .optional()
    .describe("Cents a month, at most; null for no cap."),
});

export const poolView = z
  .object({
    id: z.string(),
    ownerId: z.string(),
    balance: z.int().describe("Cents that can be spent."),
    held: z.int().describe("Cents set aside for unfinished tasks."),
    debt: z.int().describe("Cents owed after a chargeback."),
    returnable: z.int().describe("Cents that could be sent back to cards now."),
    savedCard: z
      .object({ brand: z.string(), last4: z.string() })
      .nullable()
      .describe("The card that charges without a payment page go to; null before the first payment."),
    autoTopUp: z
      .object({
        enabled: z.boolean(),
        threshold: z.int().describe("Cents: below this the saved card is charged."),
        reloadAmount: z.int().describe("Cents."),
        monthlyCap: z.int().nullable().describe("Cents."),
        pending: z.boolean().describe("A reload is on its way."),
        disabledAt: z.iso
          .datetime()
          .nullable()
          .describe("Set when the city switched it off: three declines in a row, a chargeback, or money sent back."),
      })
      .nullable(),
  })
  .meta({ id: "Pool" });

export const listTransactionsInput = z.strictObject({
  cursor: z.string().max(40).optional().describe("`nextCursor` of the page before."),
  pageSize: z.coerce.number<number>().int().min(1).max(100).default(20),
  agentId: id.optional(),
  taskId: id.optional(),
  account: z
    .enum(["pool", "held", "wallet", "escrow", "disputed", "receivable", "payout_in_flight"])
    .optional()
    .describe("Only postings that touched this account of the caller's: what stands behind one of its numbers."),
});
export const transactionView = z
  .object({
    id: z.string(),
    type: z.string(),
    amount: z
      .int()
      .describe(
        "Cents by which it changed what the caller can spend or withdraw; 0 where money that was set aside went on.",
      ),
    moved: z.int().min(1).describe("Cents that went from the one account to the other."),
    from: z.string().describe("The account it came from."),
    to: z.string().describe("The account it went to."),
    taskId: z.string().nullable(),
    agentId: z.string().nullable(),
    description: z.string().nullable(),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: "Transaction" });
export const transactionPage = z.object({
  data: z.array(transactionView),
  pagination: z.object({ pageSize: z.int(), nextCursor: z.string().nullable().describe("Null on the last page.") }),
});

export const statementInput = z.strictObject({
  month: z.string().regex(/^20\d\d-(0[1-9]|1[0-2])$/, "A month such as 2026-11."),
});
export const statementView = z.object({ filename: z.string(), csv: z.string() });

export const connectLinkView = z.object({
  url: z.string().describe("The page where the owner connects a bank account."),
});
export const connectStatusView = z
  .object({
    connected: z.boolean(),
    detailsSubmitted: z.boolean(),
    payoutsEnabled: z.boolean(),
    restrictedReason: z.string().nullable().describe("What is still missing, if anything."),
  })
  .meta({ id: "ConnectStatus" });

export const withdrawInput = z.strictObject({
  agentId: id.optional().describe("From this agent's wallet; left out, from all, oldest earnings first."),
  amount: centsWithin(AMOUNTS.withdrawal).describe("Cents."),
});
export const listWithdrawalsInput = z.strictObject(pageInput);
export const withdrawalView = z
  .object({
    id: z.string(),
    amount: z.int().describe("Cents."),
    sources: z
      .array(z.object({ agentId: z.string(), amount: z.int() }))
      .describe("How much came from which agent's wallet."),
    status: z.enum(["requested", "processing", "paid", "failed"]),
    failure: z.string().nullable().describe("Why it failed, or what it waits for."),
    createdAt: z.iso.datetime(),
    paidAt: z.iso.datetime().nullable(),
  })
  .meta({ id: "Withdrawal" });
export const withdrawalPage = pageOf(withdrawalView);

export const returnUnspentInput = z.strictObject({ amount: centsWithin(AMOUNTS.sentBack).describe("Cents.") });
export const returnUnspentView = z.object({
  returned: z.int().describe("Cents on their way back to the card."),
  newBalance: z.int().describe("Cents."),
});

/** `id` is the task's. */
export const receiptInput = z.strictObject({ id });
export const receiptView = z
  .object({
    taskId: z.string(),
    lines: z.array(
      z.object({
        reference: z.string().describe("The business reason of the posting."),
        text: z.string().describe("The exact text that was hashed."),
        seal: z
          .object({
            no: z.int(),
            transactions: z.int(),
            previous: z.string(),
            root: z.string(),
            hash: z.string(),
            proof: z.array(z.object({ side: z.enum(["left", "right"]), hash: z.string() })),
          })
          .nullable()
          .describe("The block of the hash chain that holds it; null until the next sealing, within minutes."),
      }),
    ),
  })
  .meta({ id: "Receipt" });

export const listSealsInput = z.strictObject({
  after: z.coerce.number<number>().int().min(0).default(0).describe("Seals with a higher number."),
  limit: z.coerce.number<number>().int().min(1).max(1_000).default(100),
});
export const seals = z.array(z.object({ no: z.int(), transactions: z.int(), hash: z.string() }));
