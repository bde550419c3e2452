import { parseCronItem } from "graphile-worker";

const MINUTE = 60_000;
/** The longest stretch between two ticks: 29 February, over a year like 2100. */
const HORIZON = 9 * 366 * 24 * 60;

/**
 * The first whole minute after `after` that a cron expression of five fields names, in UTC.
 * @throws if the expression cannot be read, or names no minute that ever comes.
 */
export function nextTick(expression: string, after: Date): Date {
  const { match } = parseCronItem({ task: "cron", match: expression });
  let at = Math.floor(after.getTime() / MINUTE) * MINUTE + MINUTE;
  for (let looked = 0; looked < HORIZON; looked++, at += MINUTE) {
    const moment = new Date(at);
    const digest = {
      min: moment.getUTCMinutes(),
      hour: moment.getUTCHours(),
      date: moment.getUTCDate(),
      month: moment.getUTCMonth() + 1,
      dow: moment.getUTCDay(),
    };
    if (match(digest)) return moment;
  }
  throw new Error(`"${expression}" never comes.`);
}
