import assert from "node:assert/strict";
import { test } from "node:test";
import { formatWeek } from "../src/format-week.js";
import { parseWeek } from "../src/parse-week.js";
import { isOpen, nextChange } from "../src/query.js";
import { dayOf } from "../src/week.js";

const week = parseWeek("Mo-Fr 09:00-18:00; Sa 10:00-14:00; Fr 22:00-02:00");

test("a span includes its first minute and excludes its last", () => {
  assert.equal(isOpen(week, new Date("2026-03-02T09:00:00")), true);
  assert.equal(isOpen(week, new Date("2026-03-02T18:00:00")), false);
});

test("a span after midnight reaches into the next day", () => {
  assert.equal(isOpen(week, new Date("2026-03-07T01:30:00")), true);
  assert.equal(isOpen(week, new Date("2026-03-07T02:00:00")), false);
});

test("the next change is found across a weekend", () => {
  const change = nextChange(week, new Date("2026-03-07T15:00:00"));
  assert.equal(change.toISOString(), new Date("2026-03-09T09:00:00").toISOString());
});

test("a place that never opens never changes", () => {
  assert.equal(nextChange(parseWeek(""), new Date("2026-03-02T09:00:00")), null);
});

test("what cannot be read is named", () => {
  assert.throws(() => parseWeek("Mo 9-18"), { name: "SyntaxError", message: /9-18/ });
  assert.throws(() => parseWeek("Xx 09:00-18:00"), { name: "SyntaxError", message: /Xx/ });
});

test("formatting is the reverse of parsing", () => {
  const text = "Mo-Fr 09:00-18:00; Sa 10:00-14:00";
  assert.equal(formatWeek(parseWeek(text)), text);
});

test("the week starts on Monday", () => {
  assert.equal(dayOf(new Date("2026-03-02T12:00:00")), 0);
});
