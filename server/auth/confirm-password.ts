import type { Owner } from "#prisma";
import type { Ctx } from "../context.ts";
import { wrongField } from "../kernel/errors.ts";
import type { OwnerActor } from "./actor.ts";
import { checkPassword } from "./passwords.ts";

/**
 * Re-authenticates the calling owner before an action that a stolen session must not do. Counts as a sign-in try.
 * @returns the owner
 * @throws VALIDATION_ERROR by the field that it was typed into, RATE_LIMITED
 */
export async function confirmPassword(
  ctx: Ctx<OwnerActor>,
  typed: { password: string; field: string },
): Promise<Owner> {
  const owner = await ctx.db.owner.findUniqueOrThrow({ where: { id: ctx.actor.ownerId } });
  await ctx.countTry("sign-in", owner.email);
  if (await checkPassword(owner.passwordHash, typed.password)) return owner;
  const message = "The password is wrong.";
  throw wrongField(typed.field, message, message);
}
