import type { z } from "zod";
import type { OwnerActor } from "../auth/actor.ts";
import { confirmPassword } from "../auth/confirm-password.ts";
import { endSessions } from "../auth/end-sessions.ts";
import { hashPassword } from "../auth/passwords.ts";
import { type Ctx, inTransaction } from "../context.ts";
import type { changePasswordInput } from "./schema.ts";

/** Sets a new password, given the current one, and ends every other session. */
export async function changePassword(
  ctx: Ctx<OwnerActor>,
  input: z.infer<typeof changePasswordInput>,
): Promise<{ changed: true }> {
  const { ownerId, sessionId } = ctx.actor;
  await confirmPassword(ctx, { password: input.current, field: "current" });
  const passwordHash = await hashPassword(input.next);
  await inTransaction(ctx, async (tx) => {
    await tx.db.owner.update({ where: { id: ownerId }, data: { passwordHash } });
    await endSessions(tx, ownerId, sessionId);
  });
  return { changed: true };
}
