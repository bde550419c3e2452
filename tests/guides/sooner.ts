/**
 * Loaded before a sample: the two pauses that the guides print (poll every 5 s, every 8 s) pass four times faster, so
 * that a run takes seconds and the earning guide's interval does overlap itself. Other timers are left alone.
 */
const PAUSES = [5_000, 8_000];
const FACTOR = 4;

for (const name of ["setTimeout", "setInterval"] as const) {
  const original = globalThis[name] as (run: () => void, ms?: number, ...rest: unknown[]) => unknown;
  const faster = (run: () => void, ms?: number, ...rest: unknown[]) =>
    original(run, PAUSES.includes(ms ?? 0) ? (ms ?? 0) / FACTOR : ms, ...rest);
  Object.defineProperty(globalThis, name, { value: faster, configurable: true, writable: true });
}
