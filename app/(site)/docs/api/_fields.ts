import { nameOf, type Schema } from "./_document.ts";

/** One line of a table of fields; nested ones are indented by `depth`. */
export type Field = { name: string; depth: number; type: string; required: boolean; notes: string[] };

const DEEPEST = 3;
/** Bounds that say only "a number that JavaScript can hold". */
const SAFE = Number.MAX_SAFE_INTEGER;

/** The fields of a schema, those inside it below it. Named schemas are not opened: their name is the type. */
export function fieldsOf(schema: Schema, depth = 0): Field[] {
  const required = schema.required ?? [];
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const inner = depth < DEEPEST ? innerObject(field) : null;
    return [
      { name, depth, type: typeOf(field), required: required.includes(name), notes: notesOf(field) },
      ...(inner ? fieldsOf(inner, depth + 1) : []),
    ];
  });
}

/** The object in a field, in a list's entries, or in what may also be null. */
function innerObject(schema: Schema): Schema | null {
  if (schema.properties) return schema;
  if (schema.items) return innerObject(schema.items);
  const [only, ...others] = alternatives(schema).filter((one) => one.type !== "null");
  return only && others.length === 0 ? innerObject(only) : null;
}

/** A schema's type in a few words: `integer`, `Task`, `string[]`, `"up" | "down"`, `string or null`. */
export function typeOf(schema: Schema): string {
  if (schema.$ref) return nameOf(schema.$ref);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  const choices = alternatives(schema);
  if (choices.length > 0) return choices.map(typeOf).join(" or ");
  if (Array.isArray(schema.type)) return schema.type.join(" or ");
  if (schema.type === "array") return schema.items ? `${bracketed(typeOf(schema.items))}[]` : "array";
  if (schema.format === "date-time") return "time";
  return schema.type ?? "any JSON";
}

function bracketed(type: string): string {
  return type.includes(" ") ? `(${type})` : type;
}

function alternatives(schema: Schema): Schema[] {
  return schema.anyOf ?? schema.oneOf ?? [];
}

function notesOf(schema: Schema): string[] {
  const { minimum, maximum, minLength, maxLength } = schema;
  const low = minimum !== undefined && minimum > -SAFE ? minimum : undefined;
  const high = maximum !== undefined && maximum < SAFE ? maximum : undefined;
  return [
    ...(schema.description ? [schema.description] : []),
    ...range(low, high, ""),
    ...range(minLength, maxLength, " characters"),
    ...(schema.default === undefined ? [] : [`default ${JSON.stringify(schema.default)}`]),
    ...(schema.additionalProperties === true && schema.properties ? ["further keys allowed"] : []),
  ];
}

function range(low: number | undefined, high: number | undefined, unit: string): string[] {
  const text = (value: number) => value.toLocaleString("en-US");
  if (low !== undefined && high !== undefined) return [`${text(low)} to ${text(high)}${unit}`];
  if (high !== undefined) return [`up to ${text(high)}${unit}`];
  return low === undefined ? [] : [`at least ${text(low)}${unit}`];
}

/** The named schemas that a schema speaks of, with those that they speak of. */
export function namesIn(schema: Schema, schemas: Record<string, Schema>, found = new Set<string>()): Set<string> {
  if (schema.$ref) {
    const name = nameOf(schema.$ref);
    const target = schemas[name];
    if (target && !found.has(name)) namesIn(target, schemas, found.add(name));
  }
  const { properties = {}, items } = schema;
  for (const inner of [...Object.values(properties), ...(items ? [items] : []), ...alternatives(schema)]) {
    namesIn(inner, schemas, found);
  }
  return found;
}
