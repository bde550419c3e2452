import { badParameter } from "./errors.ts";
import type { Kind } from "./objects.ts";
import { lookUp } from "./store.ts";
import type { Call } from "./world.ts";

/** Which fields name another object, and of which kind. */
const REFERENCES: Record<string, Kind> = {
  latest_charge: "charge",
  charge: "charge",
  balance_transaction: "balance_transaction",
  customer: "customer",
  payment_intent: "payment_intent",
  payment_method: "payment_method",
};

type Fields = Record<string, unknown>;

/** Replaces ids by the objects they name, along paths such as `data.latest_charge.balance_transaction`. */
export async function expand(call: Call, answer: object, paths: readonly string[]): Promise<object> {
  const copy = structuredClone(answer) as Fields;
  for (const path of paths) await walk(call, copy, path.split("."), path);
  return copy;
}

async function walk(call: Call, at: Fields, steps: string[], path: string): Promise<void> {
  const [step, ...rest] = steps;
  if (step === undefined) return;
  if (step === "data" && Array.isArray(at.data)) {
    for (const item of at.data as Fields[]) await walk(call, item, rest, path);
    return;
  }
  const kind = REFERENCES[step];
  if (!kind || !(step in at)) {
    throw badParameter(`This property cannot be expanded (${path}).`, "expand");
  }
  const value = at[step];
  if (typeof value === "string") at[step] = (await lookUp(call, kind, value)) ?? value;
  const next = at[step];
  if (rest.length > 0 && next !== null && typeof next === "object") await walk(call, next as Fields, rest, path);
}
