/** Counts what a model run did, so that it cannot pass by doing nothing. */
export type Tally = { accepted: Map<string, number>; refused: Map<string, number> };

export const makeTally = (): Tally => ({ accepted: new Map(), refused: new Map() });

export function count(tally: Tally, command: string, outcome: string | null): void {
  const [map, key] = outcome === null ? [tally.accepted, command] : [tally.refused, `${command}: ${outcome}`];
  map.set(key, (map.get(key) ?? 0) + 1);
}

export const totalOf = (map: ReadonlyMap<string, number>) => [...map.values()].reduce((sum, n) => sum + n, 0);

/** Seed and path of a run: from the environment to replay one, otherwise drawn. */
export function replay(): { seed: number; path?: string } {
  const { MODEL_SEED: seed, MODEL_PATH: path } = process.env;
  return { seed: seed ? Number(seed) : Date.now() % 2_147_483_647, ...(path && { path }) };
}

/** Accepted moves that the machine over the API makes, and whether they are many enough to have been everywhere. */
export const MOVES_WANTED = Number(process.env.MODEL_MOVES ?? 300);
export const LONG = MOVES_WANTED >= 5_000;

/** `npm run test:model`: everything, where `npm test` takes a part. */
export const THOROUGH = process.env.MODEL_MOVES !== undefined;

/** How many runs a test makes: small in `npm test`, more where MODEL_RUNS says so. */
export function runsOf(usual: number): number {
  return process.env.MODEL_RUNS ? Number(process.env.MODEL_RUNS) : usual;
}
