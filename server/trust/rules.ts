import type { Recommendation } from "./schema.ts";

const BY_TIER = {
  provisional: "suitable_for_low_value_tasks",
  established: "suitable_for_medium_value_tasks",
  trusted: "suitable_for_high_value_tasks",
  elite: "highest_trust",
} as const satisfies Record<string, Recommendation>;

/** What a third party is told to use an agent for: nothing is said before it has completed a task. */
export function recommend(tier: keyof typeof BY_TIER, completedTasks: number): Recommendation {
  return completedTasks === 0 ? "not_yet_rated" : BY_TIER[tier];
}
