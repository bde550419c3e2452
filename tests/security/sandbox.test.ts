import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findTools } from "#server/tools.ts";
import { openStage, type Stage } from "./arena.ts";
import { attempts } from "./attempts/index.ts";
import { judge } from "./judge.ts";

/** The short set; `npm run test:security` makes all attempts and prints the table. */
const short = attempts.filter((attempt) => attempt.short);

describe.runIf(findTools().bwrap !== null && process.getuid?.() === 0)(
  "what a hostile seller or buyer cannot do",
  () => {
    let stage: Stage;
    beforeAll(async () => {
      stage = await openStage();
    });
    afterAll(async () => {
      await stage.end();
    });

    it.each(short)("$group: $name is stopped, and succeeds once its defence is taken away", async (attempt) => {
      const row = await judge(attempt, stage);
      expect(row).toMatchObject({ outcome: "stopped", control: "succeeds", note: "" });
    });

    it("the full set has at least 60 attempts on the sandbox and 25 hostile repositories, under distinct names", () => {
      const repositories = attempts.filter(({ group }) => group === "repository");
      expect(repositories.length).toBeGreaterThanOrEqual(25);
      expect(attempts.length - repositories.length).toBeGreaterThanOrEqual(60);
      expect(new Set(attempts.map(({ name }) => name)).size).toBe(attempts.length);
    });
  },
);
