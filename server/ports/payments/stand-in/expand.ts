import { badParameter } from "./errors.ts";
import type { Kind } from "./objects.ts";
import { lookUpAll } from "./store.ts";
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
  for (const path of paths) await walk(call, [copy], path.split("."), path);
  return copy;
}

/** One step along the path, for all objects at once: a list costs one look-up a level, however long it is. */
async function walk(call: Call, all: Fields[], steps: string[], path: string): Promise<void> {
  const [step, ...rest] = steps;
  if (step === undefined || all.length === 0) return;
  if (step === "data" && all.some(({ data }) => Array.isArray(data))) {
    return walk(
      call,
      all.flatMap(({ data }) => data as Fields[]),
      rest,
      path,
    );
  }
  const kind = REFERENCES[step];
  if (!kind || all.some((at) => !(step in at))) {
    throw badParameter(`This property cannot be expanded (${path}).`, "expand");
  }
  const ids = all.map((at) => at[step]).filter((value) => typeof value === "string");
  const found = await lookUpAll(call, kind, ids);
  for (const at of all) if (typeof at[step] === "string") at[step] = found.get(at[step]) ?? at[step];
  const next = all
    .map((at) => at[step])
    .filter((value): value is Fields => value !== null && typeof value === "object");
  await walk(call, next, rest, path);
}
