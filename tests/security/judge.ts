import type { Stage } from "./arena.ts";
import type { Attempt } from "./attempt.ts";

export type Row = {
  readonly name: string;
  readonly group: string;
  /** With all defences. */
  readonly outcome: "stopped" | "SUCCEEDED" | "ERROR";
  /** With the defence taken away. "stopped" means that the attempt proves nothing. */
  readonly control: "succeeds" | "STOPPED" | "ERROR";
  readonly defence: string;
  readonly note: string;
  readonly ms: number;
};

/** Makes the attempt twice. An error counts as neither outcome: the test itself is at fault then. */
export async function judge(attempt: Attempt, stage: Stage): Promise<Row> {
  const started = performance.now();
  const defence = "without" in attempt ? attempt.without.join(" + ") : attempt.plainly;
  let note = "";
  const guarded = async (run: () => Promise<boolean>) => {
    try {
      return await run();
    } catch (error) {
      note += `${error instanceof Error ? error.message : error} `;
      return null;
    }
  };
  const reached = await guarded(async () => attempt.reach(await stage.arena([])));
  const control = await guarded(async () =>
    "without" in attempt ? attempt.reach(await stage.arena(attempt.without)) : attempt.control(await stage.arena([])),
  );
  return {
    name: attempt.name,
    group: attempt.group,
    outcome: reached === null ? "ERROR" : reached ? "SUCCEEDED" : "stopped",
    control: control === null ? "ERROR" : control ? "succeeds" : "STOPPED",
    defence,
    note: note.trim().slice(0, 300),
    ms: Math.round(performance.now() - started),
  };
}

/** @returns whether every attempt was stopped and every control succeeded. */
export function printTable(rows: readonly Row[]): boolean {
  const widest = Math.max(...rows.map((row) => row.name.length));
  let group = "";
  for (const row of rows) {
    if (row.group !== group) {
      group = row.group;
      console.log(`\n${group}`);
    }
    console.log(
      `  ${row.name.padEnd(widest)}  ${row.outcome.padEnd(9)}  ${row.control.padEnd(8)} without ${row.defence}${row.note ? `  [${row.note}]` : ""}`,
    );
  }
  const bad = rows.filter((row) => row.outcome !== "stopped" || row.control !== "succeeds");
  const succeeded = rows.filter((row) => row.outcome === "SUCCEEDED").length;
  const proven = rows.filter((row) => row.control === "succeeds").length;
  console.log(
    `\n${rows.length} attempts: ${succeeded} succeeded; ${proven} controls succeeded; ${bad.length} rows not as they should be.`,
  );
  return bad.length === 0 && rows.length > 0;
}
