/** Counts what is under way, in all and for each key, and says no at the limit instead of making anyone wait. */
export function makePlaces({ total, perKey }: { total: number; perKey: number }) {
  const taken = new Map<string, number>();
  let all = 0;
  return (key: string): (() => void) | null => {
    const mine = taken.get(key) ?? 0;
    if (all >= total || mine >= perKey) return null;
    taken.set(key, mine + 1);
    all += 1;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      all -= 1;
      const left = (taken.get(key) ?? 1) - 1;
      if (left > 0) taken.set(key, left);
      else taken.delete(key);
    };
  };
}
