import { badParameter } from "./errors.ts";
import type { FormTable, FormValue } from "./form.ts";

/** How one parameter is checked and read. `param` is its full name, `line_items[0][quantity]`. */
type Field<T> = { read: (value: FormValue, param: string) => T; required: boolean };
export type Shape = Record<string, Field<unknown>>;
export type Values<S extends Shape> = { [K in keyof S]: S[K] extends Field<infer T> ? T : never };

const optional = <T>(read: Field<T>["read"]): Field<T | undefined> => ({ read, required: false });

export function required<T>(field: Field<T | undefined>): Field<T> {
  return { read: field.read as Field<T>["read"], required: true };
}

function text(value: FormValue, param: string): string {
  if (typeof value !== "string") throw badParameter(`Invalid string: ${JSON.stringify(value)}`, param);
  return value;
}

function filled(value: FormValue, param: string): string {
  const read = text(value, param);
  if (read !== "") return read;
  const message = `You passed an empty string for '${param}'. We assume empty values are an attempt to unset a parameter; however '${param}' cannot be unset. You should remove '${param}' from your request or supply a non-empty value.`;
  throw badParameter(message, param, "parameter_invalid_empty");
}

export const string = (maxLength = 5000) =>
  optional((value, param) => {
    const read = filled(value, param);
    if (read.length > maxLength) {
      throw badParameter(
        `Invalid string: must be at most ${maxLength} characters`,
        param,
        "parameter_invalid_string_length",
      );
    }
    return read;
  });

export const integer = (min = Number.MIN_SAFE_INTEGER, max = 99_999_999) =>
  optional((value, param) => {
    const read = filled(value, param);
    if (!/^-?\d{1,15}$/.test(read)) throw badParameter(`Invalid integer: ${read}`, param, "parameter_invalid_integer");
    const number = Number(read);
    if (number < min) {
      throw badParameter(`This value must be greater than or equal to ${min}.`, param, "parameter_invalid_integer");
    }
    if (number > max)
      throw badParameter(`This value must be less than or equal to ${max}.`, param, "parameter_invalid_integer");
    return number;
  });

export const boolean = () =>
  optional((value, param) => {
    const read = text(value, param);
    if (read !== "true" && read !== "false") throw badParameter(`Invalid boolean: ${read}`, param);
    return read === "true";
  });

export const oneOf = <const T extends string>(...allowed: T[]) =>
  optional((value, param) => {
    const read = filled(value, param);
    const found = allowed.find((word) => word === read);
    if (found === undefined) throw badParameter(`Invalid ${param}: must be one of ${allowed.join(", ")}`, param);
    return found;
  });

export const currency = () =>
  optional((value, param) => {
    const read = filled(value, param).toLowerCase();
    if (read !== "usd") throw badParameter(`Invalid currency: ${read}. The stand-in supports usd only.`, param);
    return "usd" as const;
  });

export const url = () =>
  optional((value, param) => {
    const read = filled(value, param);
    // Curly braces around the session's id are allowed although no URL may hold them.
    if (!/^https?:\/\/[^\s"<>]+$/.test(read) || !URL.canParse(read))
      throw badParameter("Not a valid URL", param, "url_invalid");
    return read;
  });

export const metadata = () =>
  optional((value, param) => {
    if (value === "") return {};
    if (typeof value === "string") throw badParameter("Invalid object", param);
    const entries = Object.entries(value).map(([key, entry]) => [key, text(entry, `${param}[${key}]`)] as const);
    if (entries.length > 50) throw badParameter("Metadata can have at most 50 keys", param);
    for (const [key, entry] of entries) {
      if (key.length > 40) throw badParameter(`Metadata keys can be at most 40 characters: ${key}`, param);
      if (entry.length > 500) throw badParameter(`Metadata values can be at most 500 characters: ${key}`, param);
    }
    // An empty value unsets the key.
    return Object.fromEntries(entries.filter(([, entry]) => entry !== ""));
  });

export const object = <S extends Shape>(shape: S) =>
  optional((value, param) => {
    if (typeof value === "string") throw badParameter("Invalid object", param);
    return readParameters(shape, value, param);
  });

export const list = <T>(item: Field<T | undefined>, max = 100) =>
  optional((value, param) => {
    if (typeof value === "string") throw badParameter("Invalid array", param);
    const keys = Object.keys(value).sort((a, b) => Number(a) - Number(b));
    if (keys.some((key) => !/^\d{1,3}$/.test(key)) || keys.length > max) throw badParameter("Invalid array", param);
    return keys.map((key) => item.read(value[key] ?? "", `${param}[${key}]`) as T);
  });

/** A whole number, or `{gt, gte, lt, lte}`. */
export const range = () =>
  optional((value, param) => {
    const at = integer(0, Number.MAX_SAFE_INTEGER);
    if (typeof value === "string") {
      const exact = at.read(value, param);
      return { gte: exact, lte: exact, gt: undefined, lt: undefined };
    }
    return readParameters({ gt: at, gte: at, lt: at, lte: at }, value, param);
  });

/** Reads a table against its shape: unknown names first, then missing ones, then values, as Stripe reports them. */
export function readParameters<S extends Shape>(shape: S, table: FormTable, prefix = ""): Values<S> {
  const nameOf = (key: string) => (prefix ? `${prefix}[${key}]` : key);
  for (const key of Object.keys(table)) {
    if (Object.hasOwn(shape, key)) continue;
    throw badParameter(`Received unknown parameter: ${nameOf(key)}`, nameOf(key), "parameter_unknown");
  }
  const values: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(shape)) {
    const given = table[key];
    if (given !== undefined) values[key] = field.read(given, nameOf(key));
    else if (field.required)
      throw badParameter(`Missing required param: ${nameOf(key)}.`, nameOf(key), "parameter_missing");
  }
  return values as Values<S>;
}
