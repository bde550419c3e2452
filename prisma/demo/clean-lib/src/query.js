import { DAYS, dayOf, MINUTES_PER_DAY, minuteOf } from "./week.js";

/** Is the place open at this moment? A span includes its first minute and excludes its last. */
export function isOpen(week, date) {
  const day = dayOf(date);
  const minute = minuteOf(date);
  const yesterday = week[(day + DAYS.length - 1) % DAYS.length];
  return covers(week[day], minute) || covers(yesterday, minute + MINUTES_PER_DAY);
}

/** The next moment at which `isOpen` changes, or null when it never does. */
export function nextChange(week, date) {
  const now = isOpen(week, date);
  const candidate = new Date(date);
  candidate.setSeconds(0, 0);
  for (let step = 0; step < 8 * MINUTES_PER_DAY; step += 1) {
    candidate.setMinutes(candidate.getMinutes() + 1);
    if (isOpen(week, candidate) !== now) return candidate;
  }
  return null;
}

function covers(spans, minute) {
  return spans.some((span) => span.from <= minute && minute < span.to);
}
