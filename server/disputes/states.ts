import { type DisputeStatus, Prisma } from "#prisma";
import { invalidState } from "../kernel/errors.ts";

/** Not decided and not taken back: the seller's share is frozen. */
const OPEN: readonly DisputeStatus[] = ["open", "under_review"];

/** For `in`, as literals, as the states of tasks are. */
export const OPEN_IN_SQL = Prisma.raw(`(${OPEN.map((status) => `'${status}'`).join(", ")})`);

type Dispute = { status: DisputeStatus };

export function isOpen({ status }: Dispute): boolean {
  return OPEN.includes(status);
}

/** INVALID_STATE for a dispute that has ended. */
export function refuseClosed({ status }: Dispute): void {
  if (!OPEN.includes(status)) throw invalidState("This dispute is over.", status, OPEN);
}
