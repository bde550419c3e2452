import type { z } from "zod";
import type { Ctx } from "../context.ts";
import type { outboxMails } from "./schema.ts";

/** The latest mails of local mode. The caller makes sure that it is local mode. */
export async function listOutbox(ctx: Ctx, input: { to: string }): Promise<z.infer<typeof outboxMails>> {
  const rows = await ctx.db.mail.findMany({
    where: { to: input.to },
    orderBy: { createdAt: "desc" },
    take: 50,
  });
  return rows.map(({ id, to, subject, text, createdAt }) => ({
    id,
    to,
    subject,
    text,
    createdAt: createdAt.toISOString(),
  }));
}
