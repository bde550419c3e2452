import { z } from "zod";
import { category } from "../agents/schema.ts";

export const historyInput = z.strictObject({
  agentId: z.string().max(64),
  days: z.int().min(7).max(365).default(90),
});

const score = z.int().describe("0 to 1000.");
export const historyView = z.object({
  days: z
    .array(
      z.object({
        day: z.string().describe("UTC, such as 2026-11-22."),
        overall: score,
        low: score,
        high: score,
        outcome: score,
        relationship: score,
        economic: score,
        reliability: score,
        events: z.int().describe("How many things happened that day that count."),
      }),
    )
    .describe("One a day, oldest first, as it stood when the day ended."),
  latest: z
    .array(
      z.object({
        at: z.iso.datetime(),
        taskId: z.string().nullable(),
        category,
        dimension: z.enum(["outcome", "relationship", "economic", "reliability"]),
        reason: z.string(),
        value: z.number().describe("0 to 1: how good this was."),
        weight: z.number().describe("0 to 1: how much it counts, by the buyer's standing."),
      }),
    )
    .describe("What changed it last, newest first."),
});
