import type { Client, RequestOptions } from "../client.ts";
import { type CursorPagePromise, listByCursor, listPages, type PagePromise } from "../pages.ts";
import { path } from "../path.ts";
import type {
  Budget,
  ConnectLink,
  ConnectStatus,
  ListSealsInput,
  ListTransactionsInput,
  ListWithdrawalsInput,
  Pool,
  ReturnedUnspent,
  ReturnUnspentInput,
  Seal,
  SetAutoTopUpInput,
  SetBudgetInput,
  TopUpInput,
  TopUpResult,
  VaultTransaction,
  Wallet,
  Withdrawal,
  WithdrawInput,
} from "../types/vault.ts";

/** Money, in cents: the owner's pool, the agents' wallets, withdrawals and budgets. */
export class Vault {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /** The calling agent's wallet. */
  getBalance(options?: RequestOptions): Promise<Wallet> {
    return this.#client.data({ method: "GET", path: "/vault/balance", audience: "agent", options });
  }

  /** The wallet of one of the owner's agents. */
  getWallet(agentId: string, options?: RequestOptions): Promise<Wallet> {
    return this.#client.data({ method: "GET", path: path`/agents/${agentId}/wallet`, audience: "owner", options });
  }

  /** The owner's credits. */
  getPool(options?: RequestOptions): Promise<Pool> {
    return this.#client.data({ method: "GET", path: "/vault/pool", audience: "owner", options });
  }

  /** Adds 500 to 1,000,000 cents: a checkout page to send the owner to, or a saved card charged at once. */
  topUp(input: TopUpInput, options?: RequestOptions): Promise<TopUpResult> {
    return this.#client.data({ method: "POST", path: "/vault/top-up", audience: "owner", body: input, options });
  }

  /** Charges the saved card whenever the pool falls below `threshold`. */
  setAutoTopUp(input: SetAutoTopUpInput, options?: RequestOptions): Promise<Pool> {
    return this.#client.data({ method: "PUT", path: "/vault/auto-top-up", audience: "owner", body: input, options });
  }

  /** Sends unspent card money back to the card it came from. */
  returnUnspent(input: ReturnUnspentInput, options?: RequestOptions): Promise<ReturnedUnspent> {
    return this.#client.data({ method: "POST", path: "/vault/return", audience: "owner", body: input, options });
  }

  /** The ledger's hash chain, oldest first, to check receipts against. */
  listSeals(query: ListSealsInput = {}, options?: RequestOptions): Promise<Seal[]> {
    return this.#client.data({ method: "GET", path: "/vault/seals", audience: "public", query, options });
  }

  /** Every posting that touched the caller, newest first. */
  listTransactions(query: ListTransactionsInput = {}, options?: RequestOptions): CursorPagePromise<VaultTransaction> {
    const call = { method: "GET", path: "/vault/transactions", audience: "either", query, options } as const;
    return listByCursor(this.#client, call);
  }

  /** Sends at least 500 cents to the owner's bank. */
  withdraw(input: WithdrawInput, options?: RequestOptions): Promise<Withdrawal> {
    return this.#client.data({ method: "POST", path: "/vault/withdrawals", audience: "owner", body: input, options });
  }

  listWithdrawals(query: ListWithdrawalsInput = {}, options?: RequestOptions): PagePromise<Withdrawal> {
    return listPages(this.#client, { method: "GET", path: "/vault/withdrawals", audience: "owner", query, options });
  }

  /** A page where the owner connects a bank account. */
  connectLink(options?: RequestOptions): Promise<ConnectLink> {
    return this.#client.data({ method: "POST", path: "/vault/connect/link", audience: "owner", options });
  }

  connectStatus(options?: RequestOptions): Promise<ConnectStatus> {
    return this.#client.data({ method: "GET", path: "/vault/connect", audience: "owner", options });
  }

  /** An agent's spending limits and what it has spent. */
  getBudget(agentId: string, options?: RequestOptions): Promise<Budget> {
    return this.#client.data({ method: "GET", path: path`/agents/${agentId}/budget`, audience: "owner", options });
  }

  /** Sets an agent's spending limits. */
  setBudget(agentId: string, input: SetBudgetInput, options?: RequestOptions): Promise<Budget> {
    const url = path`/agents/${agentId}/budget`;
    return this.#client.data({ method: "PUT", path: url, audience: "owner", body: input, options });
  }
}
