const UNITS: Record<string, number> = { w: 604_800_000, d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000 };

/** Milliseconds of the SDK's time strings, such as `1d12h` or `30m`; undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  if (!/^(\d+[wdhms])+$/.test(text)) return undefined;
  let total = 0;
  for (const [, count, unit] of text.matchAll(/(\d+)([wdhms])/g)) total += Number(count) * (UNITS[unit ?? ""] ?? 0);
  return total;
}

/** When a wait ends: the SDK sends a length of time or a moment; a length counts from the time of recording. */
export function parseWake(text: string | undefined): { wakeInMs: number } | { wakeAt: string } | undefined {
  if (!text) return undefined;
  const length = parseDuration(text);
  if (length !== undefined) return { wakeInMs: length };
  const moment = new Date(text);
  return Number.isNaN(moment.getTime()) ? undefined : { wakeAt: moment.toISOString() };
}
