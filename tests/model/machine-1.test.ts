import { expect, test } from "vitest";
import { playMachine } from "./support/play-machine.ts";

test("whatever buyers, sellers, banks and the clock do, every balance is what the contract says (1 of 2)", {
  timeout: 24 * 3_600_000,
}, async ({ task }) => {
  const figures = await playMachine(0);
  task.meta.figures = figures;
  // A long run must have been everywhere; a short one only shows that it moved.
  expect(figures.rare).toEqual([]);
});
