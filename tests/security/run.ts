/**
 * `npm run test:security [word]`: every attempt (or those whose name or group has the word) with its control, as a
 * table. Fails when one succeeds, or when a control does not, because then the attempt proves nothing.
 */
import { openStage } from "./arena.ts";
import { attempts } from "./attempts/index.ts";
import { judge, printTable, type Row } from "./judge.ts";

const word = process.argv[2] ?? "";
const chosen = attempts.filter((attempt) => attempt.name.includes(word) || attempt.group === word);
/** These count what arrives at the host's listeners, so they run one after the other; the rest runs beside them. */
const counting = new Set(["network", "repository", "address"]);
const stage = await openStage();
const rows = new Map<string, Row>();
const lane = async (counts: boolean) => {
  for (const attempt of chosen) {
    if (counting.has(attempt.group) === counts) rows.set(attempt.name, await judge(attempt, stage));
  }
};
try {
  await Promise.all([lane(true), lane(false)]);
} finally {
  await stage.end();
}
process.exitCode = printTable(chosen.flatMap(({ name }) => rows.get(name) ?? [])) ? 0 : 1;
