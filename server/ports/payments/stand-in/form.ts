import { badParameter } from "./errors.ts";

/** A decoded value: text, or a table of more. Lists are tables with the keys 0, 1, 2… (or empty brackets). */
export type FormValue = string | FormTable;
export type FormTable = { [key: string]: FormValue };

const MAX_DEPTH = 8;

/**
 * Decodes `a[b][0][c]=1` as Stripe's clients write it. Tables have no prototype, so a key such as `__proto__` is
 * data. Throws a 400 for brackets that do not match and for one name used as text and as table.
 */
export function decodeForm(text: string): FormTable {
  const root: FormTable = Object.create(null);
  for (const [name, value] of new URLSearchParams(text)) put(root, pathOf(name), value, name);
  return root;
}

function pathOf(name: string): string[] {
  const open = name.indexOf("[");
  if (open < 0) return [name];
  const rest = name.slice(open);
  if (!/^(\[[^[\]]*\])+$/.test(rest)) throw badParameter(`Invalid parameter name: ${name}`, name);
  const path = [name.slice(0, open), ...rest.slice(1, -1).split("][")];
  if (path.length > MAX_DEPTH) throw badParameter(`Parameter is nested too deeply: ${name}`, name);
  return path;
}

function put(root: FormTable, path: string[], value: string, name: string): void {
  let table = root;
  for (const step of path.slice(0, -1)) {
    const key = step === "" ? String(Object.keys(table).length) : step;
    const next = table[key] ?? Object.create(null);
    if (typeof next === "string") throw badParameter(`Invalid object: ${name}`, name);
    table[key] = next;
    table = next;
  }
  const last = path.at(-1) ?? "";
  table[last === "" ? String(Object.keys(table).length) : last] = value;
}

/** The same parameters give the same text whatever their order; an idempotency key is bound to it. */
export function canonical(value: FormValue): string {
  if (typeof value === "string") return JSON.stringify(value);
  const parts = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(value[key] ?? "")}`);
  return `{${parts.join(",")}}`;
}
