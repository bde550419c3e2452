import { z } from "zod";

export type JsonSchema = { [key: string]: unknown };

/**
 * Turns zod schemas into JSON Schema and collects the named ones. Names come from `.meta({ id })` and belong to output
 * views only: an input and an output of the same name would differ as soon as one field has a default.
 */
export class SchemaCollection {
  readonly named: Record<string, JsonSchema> = {};

  /** @throws on types that JSON does not have (dates, bigints, transforms of an output), and when two schemas share a name */
  convert(schema: z.ZodType, io: "input" | "output"): JsonSchema {
    // Wrapped, so that a named schema at the top becomes a reference too.
    const whole = z.toJSONSchema(z.object({ value: schema }), { target: "draft-2020-12", io }) as unknown as {
      properties: { value: JsonSchema };
      $defs?: Record<string, JsonSchema>;
    };
    for (const [name, definition] of Object.entries(whole.$defs ?? {})) {
      const { id: _, ...kept } = definition as { id?: string } & JsonSchema;
      this.#add(name, tidy(kept, io) as JsonSchema);
    }
    return tidy(whole.properties.value, io) as JsonSchema;
  }

  #add(name: string, definition: JsonSchema): void {
    const known = this.named[name];
    if (known && JSON.stringify(known) !== JSON.stringify(definition)) {
      throw new Error(`Two different schemas are called ${name} in the API document.`);
    }
    this.named[name] = definition;
  }
}

/** References point to the document's components, and answers may gain fields without that being a breaking change. */
function tidy(value: unknown, io: "input" | "output"): unknown {
  if (Array.isArray(value)) return value.map((item) => tidy(item, io));
  if (typeof value !== "object" || value === null) return value;
  const result: JsonSchema = {};
  for (const [key, item] of Object.entries(value)) {
    if (key === "additionalProperties" && item === false && io === "output") continue;
    // `{}` and `true` mean the same; only one of them is read alike by every tool.
    if (key === "additionalProperties" && isEmpty(item)) result[key] = true;
    else if (key === "$ref" && typeof item === "string")
      result[key] = item.replace("#/$defs/", "#/components/schemas/");
    else result[key] = tidy(item, io);
  }
  if (result.type === "integer") result.format = integerFormat(result);
  return result;
}

function integerFormat({ minimum, maximum }: JsonSchema): string {
  const fits = (bound: unknown) => typeof bound === "number" && Math.abs(bound) <= 0x7fff_ffff;
  return fits(minimum) && fits(maximum) ? "int32" : "int64";
}

function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}
