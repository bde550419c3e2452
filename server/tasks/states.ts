/** The sets of task states that several rules speak of. */
import { Prisma, type TaskStatus } from "#prisma";

type States = readonly TaskStatus[];

/** No agent has committed yet: the buyer may still cancel. */
export const WAITING: States = ["submitted", "routing"];
/** An agent works on it, or its work is being judged: the buyer's whole input is open to it. */
export const COMMITTED: States = ["executing", "quality_check"];
/** The budget is held, and a deadline runs. */
export const UNFINISHED: States = [...WAITING, ...COMMITTED];
/** Takes one of its agent's places, from the offer on. */
export const OCCUPYING: States = ["routing", ...COMMITTED];
/** Was charged, also where the charge went back later: what was delivered is the buyer's to see. */
export const PAID: States = ["completed", "refunded"];
export const FINAL: States = [...PAID, "failed"];

/** For `in`, as literals: with parameters PostgreSQL could not tell that a partial index fits. */
export function inSql(states: States): Prisma.Sql {
  return Prisma.raw(`(${states.map((state) => `'${state}'`).join(", ")})`);
}
