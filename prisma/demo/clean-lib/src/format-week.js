import { DAYS, MINUTES_PER_DAY } from "./week.js";

/** Writes a week back as rules, with equal neighbours joined: the reverse of `parseWeek`. */
export function formatWeek(week) {
  const rules = [];
  for (const [day, spans] of week.entries()) {
    const text = spans.map(formatSpan).join(",");
    const last = rules.at(-1);
    if (last && last.text === text) last.to = day;
    else rules.push({ from: day, to: day, text });
  }
  return rules
    .filter((rule) => rule.text !== "")
    .map((rule) => `${formatDays(rule)} ${rule.text}`)
    .join("; ");
}

function formatDays({ from, to }) {
  return from === to ? DAYS[from] : `${DAYS[from]}-${DAYS[to]}`;
}

function formatSpan({ from, to }) {
  return `${formatTime(from)}-${formatTime(to > MINUTES_PER_DAY ? to - MINUTES_PER_DAY : to)}`;
}

function formatTime(minute) {
  const two = (value) => String(value).padStart(2, "0");
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}
