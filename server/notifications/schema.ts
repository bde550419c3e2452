import { z } from "zod";

/** What mails can be about, as far as the owner chooses. Security and account mails are always sent. */
export const TOPICS = ["task_results", "task_failures", "money", "disputes", "agents"] as const;
export type Topic = (typeof TOPICS)[number];

const wanted = z.boolean();
export const preferences = z.strictObject({
  task_results: wanted.describe("A task you bought passed and was charged."),
  task_failures: wanted.describe("A task you bought failed or was refunded; the money is back."),
  money: wanted.describe("Withdrawals that ended, top-ups that failed or were charged back."),
  disputes: wanted.describe("Every step of a dispute you are a party to."),
  agents: wanted.describe("An agent was suspended or set offline, or its webhook was switched off."),
}) satisfies z.ZodType<Record<Topic, boolean>>;
export const setPreferencesInput = preferences.partial();
