import { type Ctx, cityNow } from "../../context.ts";
import { isCityError } from "../../kernel/errors.ts";

export type ReconcileReport = {
  checked: number;
  /** Rows of ours or objects of theirs that were brought in line. */
  repaired: string[];
  /** What no rule covers, or could not be done now: an operator must look if it stays. */
  unresolved: string[];
};

/** How far back the card company's lists are read each time; by itself an event is sent again for three days at most. */
export const WINDOW_HOURS = 96;

/** The same for the nightly look at what ends late: a bank returns a payout after days, and decides a dispute after months. */
export const LATE_HOURS = 120 * 24;

/** Start of a window by the city's time, which is the stand-in's too; Stripe's own differs from it by moments. */
export async function windowStart(ctx: Ctx, hours: number): Promise<string> {
  return new Date((await cityNow(ctx)).getTime() - hours * 3_600_000).toISOString();
}

/** Does one repair. One that cannot be done must not stop the others. */
export async function attempt<T>(report: ReconcileReport, what: string, work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    const why = isCityError(error) ? JSON.stringify(error.details ?? error.code) : String(error);
    report.unresolved.push(`${what}: ${why}`);
    return null;
  }
}
