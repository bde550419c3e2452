/** A small seeded generator (mulberry32), so that every run of a measurement can be repeated. */
export type Random = { next(): number; int(below: number): number; pick<T>(from: readonly T[]): T };

export function seeded(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const int = (below: number): number => Math.floor(next() * below);
  return {
    next,
    int,
    pick<T>(from: readonly T[]): T {
      const one = from[int(from.length)];
      if (one === undefined) throw new Error("Nothing to pick from.");
      return one;
    },
  };
}
