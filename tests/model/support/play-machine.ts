import fc from "fast-check";
import { EDGES, MOVES } from "./city-coverage.ts";
import { life, live } from "./city-life.ts";
import type { Figures } from "./figures.ts";
import { LONG, MOVES_WANTED, makeTally, replay, totalOf } from "./tally.ts";

/** Test files that play side by side in a long run, each in a process and a city of its own. */
const PARTS = LONG ? 2 : 1;
/** In a long run each command and each money edge must have come up, once in so many moves at least. */
const ONCE_IN = 10_000;
/** What has not come up often enough by then is played for until there are so many times the moves that were wanted. */
const PATIENCE = 1.5;
const SEEDS_APART = 1_000_000;

/**
 * Plays lives in one city after another until enough moves were accepted, and each kind of them often enough. Each life
 * begins with a seed of its own, printed before it: `MODEL_SEED` (and `MODEL_PATH` after a shrink) play it again in the
 * first part.
 */
export async function playMachine(part: number): Promise<Figures> {
  const { seed: first, path } = replay();
  const target = Math.ceil(MOVES_WANTED / PARTS);
  const tally = makeTally();
  const edges = new Map<string, number>();
  const wanted = Math.floor(target / ONCE_IN);
  const rare = () => [
    ...EDGES.filter((edge) => (edges.get(edge) ?? 0) < wanted),
    ...MOVES.filter((move) => (tally.accepted.get(move) ?? 0) < wanted),
  ];
  const enough = () => {
    const accepted = totalOf(tally.accepted);
    return accepted >= target && (accepted >= PATIENCE * target || rare().length === 0);
  };
  const started = Date.now();
  const seconds = () => Math.round((Date.now() - started) / 1_000);
  for (let seed = first + part * SEEDS_APART; !enough(); seed++) {
    const again = `MODEL_SEED=${seed} MODEL_MOVES=${MOVES_WANTED}`;
    console.log(`part ${part + 1}: ${totalOf(tally.accepted)} accepted moves after ${seconds()} s; next: ${again}`);
    const result = await fc.check(
      fc.asyncProperty(life, (days) => live(days, { tally, edges, enough })),
      { numRuns: 1, seed, endOnFailure: process.env.MODEL_SHRINK !== "1", ...(path && { path }) },
    );
    if (!result.failed) continue;
    const cause = result.errorInstance as Error;
    const message = `${cause.message}\nagain with ${again} MODEL_PATH=${result.counterexamplePath}`;
    // At once, too: the other part may go on for an hour.
    console.error(`part ${part + 1} failed: ${message}`);
    throw new Error(message, { cause });
  }
  return {
    title: "money over the API",
    seconds: seconds(),
    accepted: Object.fromEntries(tally.accepted),
    refused: Object.fromEntries(tally.refused),
    edges: Object.fromEntries(edges),
    rare: rare(),
  };
}
