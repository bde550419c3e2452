import type { z } from "zod";
import type { OwnerActor } from "../auth/actor.ts";
import { type Ctx, inTransaction } from "../context.ts";
import { getPreferences } from "./get-preferences.ts";
import { type preferences, type setPreferencesInput, TOPICS } from "./schema.ts";

/** Switches mails on a topic on or off; topics that are not named stay as they are. */
export async function setPreferences(
  ctx: Ctx<OwnerActor>,
  input: z.infer<typeof setPreferencesInput>,
): Promise<z.infer<typeof preferences>> {
  const id = ctx.actor.ownerId;
  return inTransaction(ctx, async (tx) => {
    await tx.db.$queryRaw`select 1 from owner where id = ${id} for no key update`;
    const wanted = { ...(await getPreferences(tx)), ...input };
    await tx.db.owner.update({ where: { id }, data: { mutedTopics: TOPICS.filter((topic) => !wanted[topic]) } });
    return wanted;
  });
}
