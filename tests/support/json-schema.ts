type Schema = { [key: string]: unknown };

/** Keywords that say nothing about whether a value fits. */
const REMARKS = ["description", "title", "default", "example", "examples", "deprecated"];

/**
 * Checks a value against a JSON Schema (draft 2020-12, the keywords that our document uses) and answers what is wrong
 * with it. A keyword it does not know is an error of its own: it would otherwise check less than it seems to.
 */
export function violations(value: unknown, schema: Schema, components: Record<string, Schema>, at = "$"): string[] {
  const inner = (part: unknown, of: unknown, where: string) => violations(of, part as Schema, components, where);
  return Object.entries(schema).flatMap(([keyword, rule]): string[] => {
    if (REMARKS.includes(keyword)) return [];
    switch (keyword) {
      case "$ref": {
        const target = components[String(rule).replace("#/components/schemas/", "")];
        return target ? inner(target, value, at) : [`${at}: ${rule} leads nowhere`];
      }
      case "type":
        return [rule].flat().some((type) => isOfType(value, type as string)) ? [] : [`${at}: is no ${rule}`];
      case "const":
        return value === rule ? [] : [`${at}: is not ${JSON.stringify(rule)}`];
      case "enum":
        return (rule as unknown[]).includes(value) ? [] : [`${at}: ${JSON.stringify(value)} is not among the values`];
      case "anyOf":
        return (rule as Schema[]).some((option) => inner(option, value, at).length === 0)
          ? []
          : [`${at}: fits none of ${(rule as Schema[]).map((option) => inner(option, value, at)).join(" | ")}`];
      case "properties":
        return isObject(value)
          ? Object.entries(rule as Schema).flatMap(([name, part]) =>
              name in value ? inner(part, value[name], `${at}.${name}`) : [],
            )
          : [];
      case "required":
        return isObject(value)
          ? (rule as string[]).filter((name) => !(name in value)).map((name) => `${at}.${name}: is missing`)
          : [];
      case "additionalProperties":
        return isObject(value) ? checkOthers(value, rule, (schema.properties ?? {}) as Schema, at, inner) : [];
      case "propertyNames":
        return isObject(value) ? Object.keys(value).flatMap((name) => inner(rule, name, `${at}.${name}`)) : [];
      case "items":
        return Array.isArray(value) ? value.flatMap((item, index) => inner(rule, item, `${at}[${index}]`)) : [];
      default:
        return checkBound(keyword, rule, value, at);
    }
  });
}

function checkOthers(
  value: Record<string, unknown>,
  rule: unknown,
  properties: Schema,
  at: string,
  inner: (part: unknown, of: unknown, where: string) => string[],
): string[] {
  const others = Object.keys(value).filter((name) => !(name in properties));
  if (rule === true) return [];
  if (rule === false) return others.map((name) => `${at}.${name}: is not allowed`);
  return others.flatMap((name) => inner(rule, value[name], `${at}.${name}`));
}

const FORMATS: Record<string, RegExp> = {
  "date-time": /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/,
  email: /^[^@\s]+@[^@\s]+$/,
  uri: /^[a-z]+:/,
};

function checkBound(keyword: string, rule: unknown, value: unknown, at: string): string[] {
  const size = typeof value === "string" ? [...value].length : Array.isArray(value) ? value.length : undefined;
  const number = typeof value === "number" ? value : undefined;
  const wrong = {
    minLength: () => typeof value === "string" && (size ?? 0) < Number(rule),
    maxLength: () => typeof value === "string" && (size ?? 0) > Number(rule),
    minItems: () => Array.isArray(value) && (size ?? 0) < Number(rule),
    maxItems: () => Array.isArray(value) && (size ?? 0) > Number(rule),
    minimum: () => number !== undefined && number < Number(rule),
    maximum: () => number !== undefined && number > Number(rule),
    exclusiveMinimum: () => number !== undefined && number <= Number(rule),
    pattern: () => typeof value === "string" && !new RegExp(String(rule), "u").test(value),
    format: () =>
      typeof value === "string" && FORMATS[String(rule)] !== undefined && !FORMATS[String(rule)]?.test(value),
  }[keyword];
  if (!wrong) return [`${at}: the keyword ${keyword} is not known here`];
  return wrong() ? [`${at}: ${JSON.stringify(value)?.slice(0, 80)} breaks ${keyword} ${rule}`] : [];
}

function isOfType(value: unknown, type: string): boolean {
  if (type === "null") return value === null;
  if (type === "array") return Array.isArray(value);
  if (type === "object") return isObject(value);
  if (type === "integer") return Number.isInteger(value);
  return typeof value === type;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
