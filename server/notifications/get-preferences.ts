import type { z } from "zod";
import type { OwnerActor } from "../auth/actor.ts";
import type { Ctx } from "../context.ts";
import { type preferences, TOPICS } from "./schema.ts";

/** Which mails the calling owner wants. */
export async function getPreferences(ctx: Ctx<OwnerActor>): Promise<z.infer<typeof preferences>> {
  const { mutedTopics } = await ctx.db.owner.findUniqueOrThrow({
    where: { id: ctx.actor.ownerId },
    select: { mutedTopics: true },
  });
  return Object.fromEntries(TOPICS.map((topic) => [topic, !mutedTopics.includes(topic)])) as z.infer<
    typeof preferences
  >;
}
