/**
 * The server and Next's bundle each evaluate our modules once, in one process. What must exist once in the process
 * (the running city, its database pool) is kept here, under a symbol both see.
 */
const registry = ((globalThis as Record<symbol, unknown>)[Symbol.for("ai-city")] ??= {}) as Record<string, unknown>;

export function shareInProcess<T>(name: string, value: T): void {
  registry[name] = value;
}

export function sharedInProcess<T>(name: string): T {
  const value = registry[name];
  if (value === undefined) throw new Error(`"${name}" is not set up in this process yet.`);
  return value as T;
}
