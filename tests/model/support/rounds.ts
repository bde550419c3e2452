/** Rounds of each race: few in `npm test`, many in `npm run test:storms`. */
export const ROUNDS = Number(process.env.STORM_ROUNDS ?? 3);

/** Plays rounds, and prints how many there were by now: a long storm takes its time. */
export async function playRounds(what: string, n: number, play: (round: number) => Promise<void>): Promise<void> {
  const started = Date.now();
  for (let round = 1; round <= n; round++) {
    await play(round);
    if (round % 50 > 0 && round < n) continue;
    const seconds = Math.round((Date.now() - started) / 1_000);
    console.log(`${what}: ${round} of ${n} rounds in ${seconds} s, each as it must be`);
  }
}

export const many = <T>(n: number, work: (index: number) => Promise<T>) =>
  Promise.all(Array.from({ length: n }, (_, i) => work(i)));
