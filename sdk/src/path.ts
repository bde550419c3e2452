import { ValidationError } from "./errors.ts";

/**
 * Builds a path from a template and encodes every value, so that an id can never change which endpoint is called.
 * A URL parser resolves `..` even where it was put in as a value, hence the refusal.
 * @throws ValidationError for an empty value, `.` and `..`
 */
export function path(parts: TemplateStringsArray, ...values: string[]): string {
  let built = parts[0] ?? "";
  for (const [index, value] of values.entries()) {
    if (typeof value !== "string" || value === "" || value === "." || value === "..") {
      throw new ValidationError(`"${String(value)}" is not an id.`, { status: 0, code: "VALIDATION_ERROR" });
    }
    built += encodeURIComponent(value) + (parts[index + 1] ?? "");
  }
  return built;
}

/** `?a=1&b=2`, leaving out what is undefined or null; empty when nothing is left. */
export function queryString(query: object | undefined): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== null) search.append(name, String(value));
  }
  const text = search.toString();
  return text === "" ? "" : `?${text}`;
}
