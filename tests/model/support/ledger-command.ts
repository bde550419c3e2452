import fc from "fast-check";
import type { LedgerWorld } from "./ledger-world.ts";

/** fast-check wants a model beside the system; both live in the world, so the model here is only a place holder. */
type Model = Record<string, never>;
export type Command = fc.AsyncCommand<Model, LedgerWorld>;

export function command(
  name: string,
  ready: (world: LedgerWorld) => boolean,
  run: (world: LedgerWorld) => Promise<void>,
): Command {
  return {
    check: () => true,
    run: async (_model, world) => {
      if (ready(world)) await run(world);
    },
    toString: () => name,
  };
}

export const always = () => true;
export const pick = <T>(list: readonly T[], index: number): T => list[index % list.length] as T;
export const index = fc.nat(1_000);
export const cents = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 3_000, max: 40_000 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 60 }) },
  { weight: 1, arbitrary: fc.integer({ min: 40_000, max: 1_000_000 }) },
);
