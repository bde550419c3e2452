import fc from "fast-check";
import { expect, test } from "vitest";
import { ledgerCommands } from "./support/ledger-commands.ts";
import { type LedgerDatabase, openLedgerDatabase } from "./support/ledger-database.ts";
import { makeWorld } from "./support/ledger-world.ts";
import { makeTally } from "./support/tally.ts";

/** A mistake someone could make in a ledger function: one piece of its text, and what stands there instead. */
type Bug = { mistake: string; in: string; find: string; put: string };

const BUGS: readonly Bug[] = [
  { mistake: "the fee is rounded down", in: "fee_of", find: "+ 50", put: "+ 0" },
  {
    mistake: "a hold may take one cent too much",
    in: "transfer",
    find: "balance >= p_amount OR",
    put: "balance >= p_amount - 1 OR",
  },
  { mistake: "the rest of the hold stays held", in: "charge_task", find: "v_hold.amount - p_price", put: "0" },
  {
    mistake: "a hold can be returned after the charge",
    in: "release_hold",
    find: "PERFORM ledger.refuse_if_closed(v_hold.id, v_reference);",
    put: "",
  },
  {
    mistake: "the buyer does not get the fee back",
    in: "refund_charge",
    find: "c.fee, 'fee_refund'",
    put: "0, 'fee_refund'",
  },
  {
    mistake: "a refund books debt while the wallet has money",
    in: "refund_charge",
    find: "least(v_left, ledger.balance_of('wallet:' || c.agent))",
    put: "0",
  },
  {
    mistake: "a refund forgets that the money is frozen",
    in: "refund_charge",
    find: "v_part := c.frozen_cents;",
    put: "v_part := 0;",
  },
  {
    mistake: "escrow is released during a dispute",
    in: "release_escrow",
    find: "IF c.refunded OR c.frozen THEN",
    put: "IF c.refunded THEN",
  },
  { mistake: "earnings skip the seller's debt", in: "pay_seller", find: "least(amount, debt)", put: "0" },
  {
    mistake: "a dispute freezes the wallet before the escrow is released",
    in: "freeze_for_dispute",
    find: "WHEN c.released THEN",
    put: "WHEN true THEN",
  },
  {
    mistake: "a dispute books no debt for what the wallet lacks",
    in: "freeze_for_dispute",
    find: "debt, 'dispute_debt'",
    put: "0, 'dispute_debt'",
  },
  {
    mistake: "a repeated move is a new one",
    in: "post",
    find: "VALUES (p_reference,",
    put: "VALUES (p_reference || gen_random_uuid(),",
  },
  {
    mistake: "a top-up skips the owner's debt",
    in: "credit_top_up",
    find: "PERFORM ledger.fill_pool(p_owner, v_reference);",
    put: "",
  },
  {
    mistake: "a hold that comes back skips the owner's debt",
    in: "release_hold",
    find: "PERFORM ledger.fill_pool(v_hold.owner, v_reference);",
    put: "",
  },
  {
    mistake: "what is left of a charged hold skips the owner's debt",
    in: "charge_task",
    find: "PERFORM ledger.fill_pool(v_hold.owner, v_reference);",
    put: "",
  },
  {
    mistake: "a refund skips the buyer's debt",
    in: "refund_charge",
    find: "PERFORM ledger.fill_pool(c.owner, v_reference);",
    put: "",
  },
  {
    mistake: "a withdrawal forgets what the owner owes",
    in: "repay_from_wallets",
    find: "|| ('receivable:owner:' || p_owner);",
    put: ";",
  },
  {
    mistake: "an undo does the same again",
    in: "undo",
    find: "'undo', v_from, v_to",
    put: "'undo', v_to, v_from",
  },
  {
    mistake: "a returned payout comes from the wrong side",
    in: "fail_payout",
    find: "WHEN v_paid IS NULL THEN",
    put: "WHEN true THEN",
  },
  {
    mistake: "a withdrawal is allowed in debt",
    in: "start_payout",
    find: "AND balance < 0",
    put: "AND balance < -9999999",
  },
  {
    mistake: "the running balance is one behind",
    in: "transfer",
    find: "v_to_balance, v_to_version);",
    put: "v_to_balance - p_amount, v_to_version);",
  },
];

const RUNS = 60;
const COMMANDS = 150;

async function plant(database: LedgerDatabase, bug: Bug): Promise<void> {
  const { rows } = await database.pool.query<{ definition: string }>(
    "select pg_get_functiondef(p.oid) as definition from pg_proc p where p.pronamespace = 'ledger'::regnamespace and p.proname = $1",
    [bug.in],
  );
  const definition = rows[0]?.definition ?? "";
  // A bug that no longer fits the function's text would prove nothing.
  expect(definition, `${bug.in} has "${bug.find}"`).toContain(bug.find);
  await database.pool.query(definition.replaceAll(bug.find, bug.put));
}

/** What the machine says, or null when it noticed nothing. */
async function runMachine(database: LedgerDatabase, runs: number): Promise<string | null> {
  const tally = makeTally();
  const result = await fc.check(
    fc.asyncProperty(fc.commands(ledgerCommands, { maxCommands: COMMANDS, size: "max" }), async (commands) => {
      const world = await makeWorld(database, tally);
      await fc.asyncModelRun(() => ({ model: {}, real: world }), commands);
    }),
    { numRuns: runs, seed: 20_260_101, endOnFailure: true },
  );
  return result.failed ? String(result.errorInstance) : null;
}

test.each(BUGS)("the machine catches: $mistake", { timeout: 300_000 }, async (bug) => {
  const database = await openLedgerDatabase();
  try {
    await plant(database, bug);
    expect(await runMachine(database, RUNS)).not.toBeNull();
  } finally {
    await database.drop();
  }
});

test("without a bug the same runs find nothing", { timeout: 300_000 }, async () => {
  const database = await openLedgerDatabase();
  try {
    expect(await runMachine(database, 8)).toBeNull();
  } finally {
    await database.drop();
  }
});
