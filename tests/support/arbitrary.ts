import fc from "fast-check";

type Schema = { [key: string]: unknown };

/** Texts are cut here: longer ones are another test's subject. */
const LONGEST = 200;

/** Values that fit a JSON Schema of the API document. */
export function fitting(schema: Schema): fc.Arbitrary<unknown> {
  if ("const" in schema) return fc.constant(schema.const);
  if (Array.isArray(schema.enum)) return fc.constantFrom(...schema.enum);
  const options = schema.anyOf as Schema[] | undefined;
  if (options) return fc.oneof(...options.map(fitting));
  const types = [schema.type].flat();
  if (types.length > 1) return fc.oneof(...types.map((type) => fitting({ ...schema, type })));
  switch (types[0]) {
    case "string":
      return fittingText(schema);
    case "integer":
      return fc.integer({ min: Number(schema.minimum ?? -1_000), max: Math.min(Number(schema.maximum ?? 1_000), 2e9) });
    case "number":
      return fc.double({ min: Number(schema.minimum ?? -1e6), max: Number(schema.maximum ?? 1e6), noNaN: true });
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    case "array":
      return fc.array(fitting((schema.items ?? {}) as Schema), {
        minLength: Number(schema.minItems ?? 0),
        maxLength: Math.min(Number(schema.maxItems ?? 3), 3),
      });
    case "object":
      return fittingObject(schema);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function fittingText(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.format === "email") return fc.emailAddress();
  if (typeof schema.pattern === "string") return fc.stringMatching(new RegExp(schema.pattern));
  const minLength = Number(schema.minLength ?? 0);
  return fc.string({ unit: "grapheme", minLength, maxLength: Math.min(Number(schema.maxLength ?? LONGEST), LONGEST) });
}

function fittingObject(schema: Schema): fc.Arbitrary<unknown> {
  const properties = Object.entries((schema.properties ?? {}) as Record<string, Schema>);
  return fc.record(Object.fromEntries(properties.map(([name, part]) => [name, fitting(part)])), {
    requiredKeys: (schema.required ?? []) as string[],
    noNullPrototype: true,
  });
}

/** The same objects with one thing wrong in one of their fields. */
export function misfitting(schema: Schema): fc.Arbitrary<Record<string, unknown>> {
  const properties = Object.entries((schema.properties ?? {}) as Record<string, Schema>);
  const required = (schema.required ?? []) as string[];
  const base = fittingObject({ ...schema }) as fc.Arbitrary<Record<string, unknown>>;
  const spoil = (name: string, wrong: unknown) => base.map((value) => ({ ...value, [name]: wrong }));
  const without = (name: string) =>
    base.map((value) => Object.fromEntries(Object.entries(value).filter(([key]) => key !== name)));
  return fc.oneof(
    spoil("nobody_asked_for_this", 1),
    ...required.map(without),
    ...properties.flatMap(([name, part]) => wrongValues(part).map((wrong) => spoil(name, wrong))),
  );
}

function wrongValues(schema: Schema): unknown[] {
  if (schema.type === "string") {
    const tooLong = schema.maxLength === undefined ? [] : ["x".repeat(Math.min(Number(schema.maxLength), 100_000) + 1)];
    return [{ an: "object" }, ["a", "list"], ...(Number(schema.maxLength ?? 0) <= 100_000 ? tooLong : [])];
  }
  if (schema.type === "integer") {
    const beyond = typeof schema.maximum === "number" ? [schema.maximum + 1] : [];
    return [{ an: "object" }, 0.5, ...beyond];
  }
  if (schema.type === undefined) return [];
  return schema.type === "object" ? ["a text", 7] : [{ an: "object" }];
}
