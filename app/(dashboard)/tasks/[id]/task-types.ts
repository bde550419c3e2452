import type { Outputs } from "../../../_trpc/client.ts";

type Either = Outputs["tasks"]["get"];
export type BuyerTask = Extract<Either, { maxBudget: number }>;
export type SellerTask = Exclude<Either, { maxBudget: number }>;
export type AnyTask = Either;
export type TaskEvent = Outputs["tasks"]["listEvents"][number];
export type Live = { task: AnyTask; events: TaskEvent[] };

export function isBought(task: AnyTask): task is BuyerTask {
  return "maxBudget" in task;
}

/** The gate's verdict as it is stored with the task. */
export type Quality = {
  score: number;
  passed: boolean;
  ceiling?: number;
  dimensions: { name: string; points: number; max: number; reasons: string[] }[];
  references: {
    checked: number;
    confirmed: number;
    invented: { kind: string; text: string; why: string }[];
    created: string[];
  };
  checks?: {
    applies: boolean | null;
    parsed: number;
    broken: { path: string; message: string }[];
    tests: { command: string; ran: number; failed: number; before: { ran: number; failed: number } } | null;
    notes: string[];
  };
};

export function qualityOf(judged: { quality?: unknown }): Quality | null {
  const quality = judged.quality as Partial<Quality> | null | undefined;
  return quality?.dimensions && quality.references ? (quality as Quality) : null;
}
