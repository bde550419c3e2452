import type { OwnerActor } from "../auth/actor.ts";
import type { Ctx } from "../context.ts";
import { CityError } from "../kernel/errors.ts";

/** Refuses everyone but operators. The role is granted by a command line on the machine, never over the network. */
export function requireOperator(ctx: Ctx<OwnerActor>): void {
  if (ctx.actor.role !== "operator") throw new CityError("ACCESS_DENIED", "This is for operators.");
}
