import type { z } from "zod";
import type { OwnerActor } from "../auth/actor.ts";
import type { Ctx } from "../context.ts";
import { CityError } from "../kernel/errors.ts";
import type { repeatedRun, repeatRunInput } from "./schema.ts";

/** Takes up work of the city's that gave up, from the step it failed at. CONFLICT unless it has given up. */
export async function repeatRun(
  ctx: Ctx<OwnerActor>,
  { id }: z.infer<typeof repeatRunInput>,
): Promise<z.infer<typeof repeatedRun>> {
  const [row] = await ctx.db.$queryRaw<[{ repeated: boolean }]>`select engine.repeat_run(${id}) as repeated`;
  if (!row.repeated) throw new CityError("CONFLICT", "Only work that has given up can be taken up again.");
  ctx.log.info({ run: id, operator: ctx.actor.ownerId }, "an operator took up a run that had given up");
  return { id };
}
