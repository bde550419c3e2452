import { CityError } from "../../kernel/errors.ts";

/** The sandboxes of one machine that take a place: each from before it is made until nothing of it is left. */
export class Places {
  private readonly taken = new Set<string>();
  private readonly most: number;

  /** @param most places there are; without it as many as are asked for. */
  constructor(most = Number.POSITIVE_INFINITY) {
    this.most = most;
  }

  /** @throws UNAVAILABLE when all are taken. */
  take(id: string): void {
    if (!this.taken.has(id)) refuseFull(this.taken.size, this.most);
    this.taken.add(id);
  }

  /** For one that stands already. */
  found(id: string): void {
    this.taken.add(id);
  }

  free(id: string): void {
    this.taken.delete(id);
  }
}

/** @throws UNAVAILABLE when there are as many sandboxes as there may be. */
export function refuseFull(sandboxes: number, most: number): void {
  if (sandboxes < most) return;
  throw new CityError("UNAVAILABLE", "No more sandboxes can be made at the moment. Try again.", {
    retryAfter: 5,
    details: { reason: "full" },
  });
}
