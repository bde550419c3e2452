import { z } from "zod";

type Issue = Parameters<z.core.$ZodErrorMap>[0];

const UNITS: Record<string, string> = { string: " characters", array: " entries", set: " entries", file: " bytes" };
const KINDS: Record<string, string> = {
  string: "Must be text.",
  number: "Must be a number.",
  int: "Must be a whole number.",
  boolean: "Must be true or false.",
  array: "Must be a list.",
  object: "Must be an object.",
};

/** What is wrong with an input, where its schema does not say so itself: for people who fill in forms as for programs. */
function wordsFor(issue: Issue): string | undefined {
  switch (issue.code) {
    case "invalid_type":
      return issue.input === undefined ? "Is missing." : KINDS[issue.expected];
    case "too_small":
      if (issue.origin === "string" && issue.minimum === 1) return "Must not be empty.";
      return `At least ${issue.minimum.toLocaleString("en-US")}${UNITS[issue.origin] ?? ""}.`;
    case "too_big":
      return `At most ${issue.maximum.toLocaleString("en-US")}${UNITS[issue.origin] ?? ""}.`;
    case "invalid_value":
      return `Must be one of ${issue.values.map(String).join(", ")}.`;
    default:
      return undefined;
  }
}

/** A message that a schema has of its own comes first. */
export function sayInputErrorsPlainly(): void {
  z.config({ customError: wordsFor });
}
