import type { Settings } from "#server/settings.ts";

/**
 * Limits a minute that no test and no bench reaches unless it wants to. The two that count something else, reads a day
 * and streams that are open, are few enough to be reached on purpose and stay as they are by default.
 */
export const PLENTY: Omit<Settings["limits"], "trustPerDay" | "streamsPerOwner"> = {
  agent: 1e9,
  owner: 1e9,
  trust: 1e9,
  anonymous: 1e9,
  pages: 1e9,
  dashboard: 1e9,
  signInPerAddress: 1e9,
  signInPerAccount: 1e9,
};
