import { CityError, wrongField } from "../kernel/errors.ts";

/** Deeper JSON is not data any more. */
const DEEPEST = 64;

/** @throws VALIDATION_ERROR for what is not JSON */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new CityError("VALIDATION_ERROR", "The body is not valid JSON.");
  }
}

/**
 * What PostgreSQL cannot store as text, and what is nested beyond reason, is refused before anything else is asked.
 * @throws VALIDATION_ERROR with the field
 */
export function checkText(value: unknown, path = "", depth = 0): void {
  if (typeof value === "string") {
    if (value.includes("\u0000")) throw wrongField(path, "Must not contain NUL.");
    if (!value.isWellFormed()) throw wrongField(path, "Is not valid Unicode.");
  } else if (typeof value === "object" && value !== null) {
    if (depth >= DEEPEST) throw wrongField(path.slice(0, 200), `Is nested deeper than ${DEEPEST} levels.`);
    for (const [key, item] of Object.entries(value)) {
      checkText(key, path, depth);
      checkText(item, path ? `${path}.${key}` : key, depth + 1);
    }
  }
}
