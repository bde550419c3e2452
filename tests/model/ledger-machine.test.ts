import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkInvariants } from "#server/ledger/check-invariants.ts";
import { verifyChain } from "#server/ledger/verify-chain.ts";
import { ledgerCommands } from "./support/ledger-commands.ts";
import { type LedgerDatabase, openLedgerDatabase } from "./support/ledger-database.ts";
import { makeWorld } from "./support/ledger-world.ts";
import { sealAll } from "./support/seal-all.ts";
import { makeTally, replay, runsOf, totalOf } from "./support/tally.ts";

const RUNS = runsOf(12);
const COMMANDS = 300;

let database: LedgerDatabase;
beforeAll(async () => {
  database = await openLedgerDatabase();
});
afterAll(() => database?.drop());

test("every move does to every balance what the contract says, or leaves no trace, and the hash chain proves them all", {
  timeout: 3_600_000,
}, async ({ task }) => {
  const started = Date.now();
  const tally = makeTally();
  const { seed, path } = replay();
  await fc.assert(
    fc.asyncProperty(fc.commands(ledgerCommands, { maxCommands: COMMANDS, size: "max" }), async (commands) => {
      const world = await makeWorld(database, tally);
      await fc.asyncModelRun(() => ({ model: {}, real: world }), commands);
    }),
    { numRuns: RUNS, seed, endOnFailure: process.env.MODEL_SHRINK !== "1", ...(path && { path }) },
  );
  task.meta.figures = {
    title: "money in the ledger alone",
    seconds: Math.round((Date.now() - started) / 1_000),
    accepted: Object.fromEntries(tally.accepted),
    refused: Object.fromEntries(tally.refused),
    rare: [],
  };
  console.log(`ledger machine: seed ${seed}, ${totalOf(tally.accepted)} accepted moves`);

  const books = await checkInvariants({ db: database.prisma });
  expect(books.results.filter(({ ok }) => !ok)).toEqual([]);
  const names = [
    "topUp",
    "grant",
    "hold",
    "charge",
    "returnHold",
    "refund",
    "release",
    "freeze",
    "unfreeze",
    "takeBack",
    "giveAgain",
    "returnUnspent",
    "undoReturn",
    "repay",
    "startPayout",
    "settlePayout",
    "failPayout",
    "repeat",
  ];
  // Not vacuous: each kind of move was made, and often enough.
  for (const name of names)
    expect(tally.accepted.get(name) ?? 0, name).toBeGreaterThanOrEqual(path ? 0 : Math.ceil(RUNS / 12));
  expect(totalOf(tally.refused)).toBeGreaterThan(path ? -1 : RUNS / 2);

  const ctx = { db: database.prisma } as unknown as Parameters<typeof sealAll>[0];
  await sealAll(ctx);
  const chain = await verifyChain(ctx);
  expect(chain.problems).toEqual([]);
  expect(chain.unsealed).toBe(0);
  expect(chain.transactions).toBeGreaterThan(RUNS);
});
