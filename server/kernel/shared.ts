/**
 * The server and Next's bundle each evaluate our modules once, in one process. What must exist once in the process
 * (the running city, its database pool) is kept here, under a symbol both see.
 */
const KEY = Symbol.for("ai-city");
const holder = globalThis as { [KEY]?: Record<string, unknown> };
const registry = holder[KEY] ?? {};
holder[KEY] = registry;

export function shareInProcess<T>(name: string, value: T): void {
  registry[name] = value;
}

export function sharedInProcess<T>(name: string): T {
  const value = registry[name];
  if (value === undefined) throw new Error(`"${name}" is not set up in this process yet.`);
  return value as T;
}
