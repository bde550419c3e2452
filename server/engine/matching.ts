/** The value at a dotted path of an event, as JSON text; undefined where the event has nothing there. */
export function valueAt(event: unknown, path: string): string | undefined {
  let value = event;
  for (const key of path.split(".")) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value === undefined ? undefined : JSON.stringify(value);
}

/**
 * The path that the SDK's `match` option stands for. On the wire it is an expression of exactly this form; any other
 * expression is answered with undefined, because the engine has no expression language.
 */
export function matchPath(expression: string): string | undefined {
  const found = /^event\.([\w.$-]+) == async\.([\w.$-]+)$/.exec(expression);
  return found && found[1] === found[2] ? found[1] : undefined;
}
