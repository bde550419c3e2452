import { refused } from "./errors.ts";
import { stripeId } from "./ids.ts";
import type { BalanceTransaction } from "./objects.ts";
import { insert } from "./store.ts";
import { type Call, PLATFORM } from "./world.ts";

type Movement = {
  account: string;
  /** Cents; negative takes away. */
  amount: number;
  type:
    | "charge"
    | "refund"
    | "adjustment"
    | "transfer"
    | "payment"
    | "payout"
    | "payout_failure"
    | "transfer_refund"
    | "topup";
  source: string;
  bucket?: "available" | "pending";
  /** Chargebacks are taken whether the money is there or not. */
  mayOwe?: boolean;
  /** What the caller is told when the money is not there. */
  shortage?: string;
};

/** Locks balances in one order, so that two movements between the same accounts never wait for each other. */
export async function lockBalances(call: Call, accounts: string[]): Promise<void> {
  for (const account of accounts.toSorted()) {
    await call.db.query("insert into stripe_stand_in.balance (account) values ($1) on conflict do nothing", [account]);
    await call.db.query("select 1 from stripe_stand_in.balance where account = $1 for update", [account]);
  }
}

/** Changes a balance and writes the entry for it. Throws 400 `balance_insufficient` when that would go below zero. */
export async function moveMoney(call: Call, movement: Movement): Promise<BalanceTransaction> {
  const { account, amount, bucket = "available" } = movement;
  await call.db.query("insert into stripe_stand_in.balance (account) values ($1) on conflict do nothing", [account]);
  const { rowCount } = await call.db.query(
    `update stripe_stand_in.balance set ${bucket} = ${bucket} + $2
     where account = $1 and ($2 >= 0 or $3 or ${bucket} + $2 >= 0)`,
    [account, amount, movement.mayOwe ?? false],
  );
  if (rowCount === 0) throw refused(movement.shortage ?? "Insufficient funds.", "balance_insufficient");
  const entry: BalanceTransaction = {
    id: stripeId("txn"),
    object: "balance_transaction",
    created: call.now,
    livemode: false,
    amount,
    available_on: call.now,
    currency: "usd",
    description: null,
    fee: 0,
    net: amount,
    source: movement.source,
    status: bucket,
    type: movement.type,
  };
  return insert(call, entry, { account });
}

export async function readBalance(call: Call, account: string): Promise<{ available: number; pending: number }> {
  const { rows } = await call.db.query<{ available: string; pending: string }>(
    "select available, pending from stripe_stand_in.balance where account = $1",
    [account],
  );
  return { available: Number(rows[0]?.available ?? 0), pending: Number(rows[0]?.pending ?? 0) };
}

/** Makes all pending money of the platform available; the entries follow, as their status is part of them. */
export async function releaseFunds(call: Call): Promise<void> {
  await call.db.query(
    "update stripe_stand_in.balance set available = available + pending, pending = 0 where account = $1",
    [PLATFORM],
  );
  await call.db.query(
    `update stripe_stand_in.object set data = jsonb_set(data, '{status}', '"available"')
     where kind = 'balance_transaction' and account = $1 and data->>'status' = 'pending'`,
    [PLATFORM],
  );
}
