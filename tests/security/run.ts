/** `npm run test:security`: every attempt with its control, as a table; fails when one succeeds or proves nothing. */

import { openStage } from "./arena.ts";
import { attempts } from "./attempts/index.ts";
import { judge, printTable, type Row } from "./judge.ts";

const only = process.argv[2];
const stage = await openStage();
const rows: Row[] = [];
try {
  for (const attempt of attempts) {
    if (only !== undefined && !attempt.name.includes(only) && attempt.group !== only) continue;
    rows.push(await judge(attempt, stage));
  }
} finally {
  await stage.end();
}
process.exitCode = printTable(rows) ? 0 : 1;
