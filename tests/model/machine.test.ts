import fc from "fast-check";
import { expect, test } from "vitest";
import { checkInvariants } from "#server/ledger/check-invariants.ts";
import { verifyChain } from "#server/ledger/verify-chain.ts";
import { compareCash } from "#server/payments/compare-cash.ts";
import { edgeCommands } from "./support/city-edge-commands.ts";
import { moneyCommands } from "./support/city-money-commands.ts";
import { taskCommands } from "./support/city-task-commands.ts";
import { makeCityWorld, resetWholeCheck } from "./support/city-world.ts";
import { type MoneyCity, startMoneyCity } from "./support/money-city.ts";
import { makeTally, replay, runsOf, type Tally, tallyLines, totalOf } from "./support/tally.ts";

const RUNS = runsOf(1);
const COMMANDS = 400;
/** A city's queue history and lists grow with every run; a fresh one keeps the pace. */
const RUNS_A_CITY = 25;
const MOVES_A_RUN = 20;

/** From so many runs on, each command and each money edge below must have come up, once a hundred runs at least. */
const LONG_RUN = 100;

const MOVES = [
  ...["submit", "provision", "start", "complete well", "complete badly", "decline", "cancel", "giveUp"],
  ...["timed out: agent_unresponsive", "timed out: execution_timeout", "cancelled by freeze", "released by the timer"],
  ...["rate up", "rate down", "rate down in time", "dispute", "respond", "withdraw dispute", "decided by the score"],
  ...["resolve for the buyer", "resolve for the agent", "same key again", "withdraw", "payout paid", "payout failed"],
  ...["payout returned by the bank", "top-up through the payment page", "top-up by saved card", "chargeback"],
  ...["chargeback won", "chargeback lost", "send back to the card", "return refused by the bank"],
  ...["thumbs-down", "release", "dispute", "decision"].flatMap((window) =>
    ["T-1 ms", "T", "T+1 ms"].map((moment) => `${window} at ${moment}`),
  ),
];

/** Money edges: from which kind of account to which, and why. Each must have been travelled in a long run. */
const EDGES = [
  "cash → pool top_up",
  "cash → receivable debt_repaid",
  "pool → held hold",
  "held → pool hold_release",
  "held → escrow charge",
  "held → fees fee",
  "escrow → wallet escrow_release",
  "escrow → pool refund",
  "fees → pool fee_refund",
  "escrow → disputed dispute_freeze",
  "wallet → disputed dispute_freeze",
  "disputed → escrow dispute_unfreeze",
  "disputed → wallet dispute_unfreeze",
  "disputed → pool refund",
  "wallet → pool refund",
  "receivable → pool refund",
  "escrow → receivable debt_repaid",
  "wallet → payout_in_flight withdrawal",
  "payout_in_flight → cash withdrawal_paid",
  "payout_in_flight → wallet withdrawal_failed",
  "cash → wallet withdrawal_failed",
  "pool → cash chargeback",
  "receivable → cash chargeback",
  "cash → pool chargeback_won",
  "pool → cash top_up_returned",
  "cash → pool top_up_returned_undone",
];

async function addEdges(city: MoneyCity, edges: Map<string, number>): Promise<void> {
  const { rows } = await city.database.pool.query<{ edge: string; n: number }>(`
    select f.kind || ' → ' || t.kind || ' ' || p.reason as edge, count(*)::int as n
    from ledger.posting p join ledger.account f on f.id = p.from_account join ledger.account t on t.id = p.to_account group by 1`);
  for (const { edge, n } of rows) edges.set(edge, (edges.get(edge) ?? 0) + n);
}

/** Runs in one city; every run has tenants of its own. */
async function runCity(
  tally: Tally,
  edges: Map<string, number>,
  options: { seed: number; runs: number; path?: string },
): Promise<void> {
  const city = await startMoneyCity({ settings: { auth: { sessionDays: 100_000 } } });
  try {
    const operator = await city.owner("Operator");
    await city.database.prisma.owner.update({ where: { id: operator.id }, data: { role: "operator" } });
    await city.stripe("POST", "/funds/add", { amount: 90_000_000 });
    resetWholeCheck(tally);
    const commands = [...taskCommands, ...moneyCommands, ...edgeCommands];
    await fc.assert(
      fc.asyncProperty(fc.commands(commands, { maxCommands: COMMANDS, size: "max" }), async (sequence) => {
        const world = await makeCityWorld(city, operator, tally);
        await fc.asyncModelRun(() => ({ model: {}, real: world }), sequence);
      }),
      {
        numRuns: options.runs,
        seed: options.seed,
        endOnFailure: process.env.MODEL_SHRINK !== "1",
        ...(options.path && { path: options.path }),
      },
    );
    await addEdges(city, edges);
    const books = await checkInvariants(city.ctx());
    expect(books.results.filter(({ ok }) => !ok)).toEqual([]);
    expect(await compareCash(city.ctx())).toMatchObject({ difference: 0 });
    expect((await verifyChain(city.ctx())).problems).toEqual([]);
  } finally {
    await city.stop();
  }
}

test("whatever buyers, sellers, banks and the clock do, every balance is what the contract says", {
  timeout: 24 * 3_600_000,
}, async () => {
  const { seed, path } = replay();
  const tally = makeTally();
  const edges = new Map<string, number>();
  // A drawn run may be a handful of moves: more are made until they have moved enough between them.
  const enough = () => totalOf(tally.accepted) >= RUNS * MOVES_A_RUN;
  const goOn = () => (path ? done === 0 : done < RUNS || (!enough() && done < 20 * RUNS));
  let done = 0;
  while (goOn()) {
    const runs = Math.min(RUNS_A_CITY, RUNS);
    console.log(
      `runs ${done + 1} to ${done + runs}: MODEL_SEED=${seed + done} MODEL_RUNS=${runs}; ${totalOf(tally.accepted)} accepted moves so far`,
    );
    await runCity(tally, edges, { seed: seed + done, runs, ...(path && { path }) });
    done += runs;
  }
  const wanted = Math.floor(RUNS / LONG_RUN);
  const rare = [
    ...EDGES.filter((edge) => (edges.get(edge) ?? 0) < wanted),
    ...MOVES.filter((move) => (tally.accepted.get(move) ?? 0) < wanted),
  ];
  console.log(
    [
      `seed ${seed}, ${RUNS} runs`,
      tallyLines("accepted moves", tally.accepted),
      tallyLines("refused moves", tally.refused),
      tallyLines("postings by money edge", edges),
      `edges not travelled: ${EDGES.filter((edge) => !edges.has(edge)).join(", ") || "none"}`,
    ].join("\n"),
  );
  // A long run must have been everywhere; a short one only shows that it moved.
  expect(rare).toEqual([]);
  expect(path !== undefined || enough()).toBe(true);
});
