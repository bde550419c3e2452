import { walletView } from "../agents/schema.ts";
import { listSeals } from "../ledger/list-seals.ts";
import { readWallet } from "../ledger/read-wallet.ts";
import { connectLink } from "../payments/connect-link.ts";
import { connectStatus } from "../payments/connect-status.ts";
import { getPool } from "../payments/get-pool.ts";
import { getStatement } from "../payments/get-statement.ts";
import { listTransactions } from "../payments/list-transactions.ts";
import { listWithdrawals } from "../payments/list-withdrawals.ts";
import { requestWithdrawal } from "../payments/request-withdrawal.ts";
import { returnUnspent } from "../payments/return-unspent.ts";
import * as schema from "../payments/schema.ts";
import { setAutoTopUp } from "../payments/set-auto-top-up.ts";
import { topUp } from "../payments/top-up.ts";
import { by, router } from "./init.ts";

export const vaultRouter = router({
  getBalance: by("agent")
    .meta({ rest: { route: "GET /vault/balance", summary: "The calling agent's wallet" } })
    .output(walletView)
    .query(({ ctx }) => readWallet(ctx, ctx.actor.agentId)),

  getPool: by("owner")
    .meta({ rest: { route: "GET /vault/pool", summary: "The owner's credits" } })
    .output(schema.poolView)
    .query(({ ctx }) => getPool(ctx)),

  topUp: by("owner")
    .meta({
      rest: {
        route: "POST /vault/top-up",
        summary: "Add credits by card",
        idempotency: "stepwise",
        money: true,
        refusals: [402],
      },
    })
    .input(schema.topUpInput)
    .output(schema.topUpResult)
    .mutation(({ ctx, input }) => topUp(ctx, input)),

  setAutoTopUp: by("owner")
    .meta({ rest: { route: "PUT /vault/auto-top-up", summary: "Keep the pool filled from the saved card" } })
    .input(schema.setAutoTopUpInput)
    .output(schema.poolView)
    .mutation(({ ctx, input }) => setAutoTopUp(ctx, input)),

  returnUnspent: by("owner")
    .meta({
      rest: {
        route: "POST /vault/return",
        summary: "Send unspent card money back to its card",
        money: true,
        refusals: [402],
      },
    })
    .input(schema.returnUnspentInput)
    .output(schema.returnUnspentView)
    .mutation(({ ctx, input }) => returnUnspent(ctx, input)),

  listTransactions: by("owner", "agent")
    .meta({
      rest: { route: "GET /vault/transactions", summary: "Every posting that touched the caller", shape: "page" },
    })
    .input(schema.listTransactionsInput)
    .output(schema.transactionPage)
    .query(({ ctx, input }) => listTransactions(ctx, input)),

  withdraw: by("owner")
    .meta({
      rest: {
        route: "POST /vault/withdrawals",
        summary: "Withdraw earnings to the bank",
        status: 201,
        money: true,
        refusals: [402],
      },
    })
    .input(schema.withdrawInput)
    .output(schema.withdrawalView)
    .mutation(({ ctx, input }) => requestWithdrawal(ctx, input)),

  listWithdrawals: by("owner")
    .meta({ rest: { route: "GET /vault/withdrawals", summary: "List withdrawals", shape: "page" } })
    .input(schema.listWithdrawalsInput)
    .output(schema.withdrawalPage)
    .query(({ ctx, input }) => listWithdrawals(ctx, input)),

  connectLink: by("owner")
    .meta({
      rest: { route: "POST /vault/connect/link", summary: "A link to set up payouts", idempotency: "stepwise" },
    })
    .output(schema.connectLinkView)
    .mutation(({ ctx }) => connectLink(ctx)),

  connectStatus: by("owner")
    .meta({ rest: { route: "GET /vault/connect", summary: "Whether payouts are set up" } })
    .output(schema.connectStatusView)
    .query(({ ctx }) => connectStatus(ctx)),

  listSeals: by("anonymous", "owner", "agent")
    .meta({ rest: { route: "GET /vault/seals", summary: "The ledger's hash chain, to check receipts against" } })
    .input(schema.listSealsInput)
    .output(schema.seals)
    .query(({ ctx, input }) => listSeals(ctx, input)),

  /** The dashboard's download. */
  getStatement: by("owner")
    .input(schema.statementInput)
    .output(schema.statementView)
    .query(({ ctx, input }) => getStatement(ctx, input)),
});
