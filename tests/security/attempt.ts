import type { Defence } from "#server/ports/sandbox/sealed/defences.ts";
import type { Arena } from "./arena.ts";

/**
 * One thing that a hostile seller or buyer tries. `reach` answers true when it got what it wanted. It is run twice:
 * with every defence (must be false), and as its control (must be true), with `without` taken away. Several defences
 * in `without` stand one behind the other: each alone stops the attempt.
 */
export type Attempt = {
  readonly name: string;
  readonly group:
    | "network"
    | "host"
    | "kernel"
    | "resources"
    | "files"
    | "evidence"
    | "repository"
    | "address"
    | "access";
  /** Part of the short set in `npm test`. */
  readonly short?: boolean;
  readonly reach: (arena: Arena) => Promise<boolean>;
} & (
  | { readonly without: readonly Defence[] }
  /** Where the defence is a rule of ours rather than a wall: the same thing done as a plain tool would do it. */
  | { readonly plainly: string; readonly control: (arena: Arena) => Promise<boolean> }
);
