export const DAYS = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"];
export const MINUTES_PER_DAY = 24 * 60;

/** Monday is 0, as in the rules; `Date` starts its week on Sunday. */
export function dayOf(date) {
  return (date.getDay() + 6) % 7;
}

export function minuteOf(date) {
  return date.getHours() * 60 + date.getMinutes();
}
