import { DAYS, MINUTES_PER_DAY } from "./week.js";

const RULE = /^(?<days>[A-Z][a-z](?:-[A-Z][a-z])?(?:,[A-Z][a-z])*)\s+(?<spans>.+)$/;
const SPAN = /^(\d{2}):(\d{2})-(\d{2}):(\d{2})$/;

/**
 * Reads rules such as `Mo-Fr 09:00-18:00; Sa 10:00-14:00`.
 * A span may end after midnight (`22:00-02:00`); it then reaches into the next day.
 * @throws {SyntaxError} that names the part which could not be read
 */
export function parseWeek(text) {
  const week = DAYS.map(() => []);
  for (const rule of text.split(";").map((part) => part.trim()).filter(Boolean)) {
    const match = RULE.exec(rule);
    if (!match) throw new SyntaxError(`not a rule: "${rule}"`);
    const spans = match.groups.spans.split(",").map((part) => parseSpan(part.trim()));
    for (const day of parseDays(match.groups.days)) week[day].push(...spans);
  }
  for (const spans of week) spans.sort((a, b) => a.from - b.from);
  return week;
}

function parseDays(text) {
  return text.split(",").flatMap((part) => {
    const [first, last = first] = part.split("-").map(indexOfDay);
    const days = [];
    for (let day = first; day !== last; day = (day + 1) % DAYS.length) days.push(day);
    return [...days, last];
  });
}

function indexOfDay(name) {
  const index = DAYS.indexOf(name);
  if (index < 0) throw new SyntaxError(`not a day: "${name}"`);
  return index;
}

function parseSpan(text) {
  const match = SPAN.exec(text);
  if (!match) throw new SyntaxError(`not a span of time: "${text}"`);
  const [fromHour, fromMinute, toHour, toMinute] = match.slice(1).map(Number);
  const from = minutes(fromHour, fromMinute, text);
  const to = minutes(toHour, toMinute, text);
  return { from, to: to > from ? to : to + MINUTES_PER_DAY };
}

function minutes(hour, minute, text) {
  if (hour > 24 || minute > 59) throw new SyntaxError(`not a time of day in "${text}"`);
  return hour * 60 + minute;
}
