/** `2026-11-22 06:07:12 UTC`: the same on the server and in the browser. */
export function exactTime(at: string): string {
  return `${at.slice(0, 10)} ${at.slice(11, 19)} UTC`;
}
