import type { Expiry } from "#server/tasks/expire-offer.ts";

/** As much of a function's steps as is needed here. */
type Steps = {
  sleepUntil(id: string, time: string): Promise<void>;
  run(id: string, act: () => Promise<Expiry>): Promise<Expiry>;
};

/** Acts when a time has come. It may have moved meanwhile: a look that comes early says when to look again. */
export async function actAt(step: Steps, time: string, act: () => Promise<Expiry>): Promise<Expiry> {
  let until = time;
  for (let look = 0; ; look++) {
    await step.sleepUntil(`wait-${look}`, until);
    const result = await step.run(`act-${look}`, act);
    if (result.state === "settled") return result;
    until = result.until;
  }
}
