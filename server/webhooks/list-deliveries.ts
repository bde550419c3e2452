import type { z } from "zod";
import type { AgentActor } from "../auth/actor.ts";
import type { Ctx } from "../context.ts";
import { wrongField } from "../kernel/errors.ts";
import type { deliveryPage, listDeliveriesInput } from "./schema.ts";
import { viewDelivery, withLog } from "./view.ts";

/** What was sent to the agent's webhook and how it was answered, newest first. */
export async function listDeliveries(
  ctx: Ctx<AgentActor>,
  input: z.infer<typeof listDeliveriesInput>,
): Promise<z.infer<typeof deliveryPage>> {
  const from = input.cursor === undefined ? null : readCursor(input.cursor);
  const rows = await ctx.db.webhookDelivery.findMany({
    where: {
      agentId: ctx.actor.agentId,
      ...(from && { OR: [{ createdAt: { lt: from.at } }, { createdAt: from.at, id: { lt: from.id } }] }),
    },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: input.pageSize + 1,
    include: withLog,
  });
  const data = rows.slice(0, input.pageSize);
  const last = rows.length > input.pageSize ? data.at(-1) : undefined;
  const nextCursor = last ? Buffer.from(`${last.createdAt.toISOString()} ${last.id}`).toString("base64url") : null;
  return { data: data.map(viewDelivery), pagination: { pageSize: input.pageSize, nextCursor } };
}

function readCursor(cursor: string): { at: Date; id: string } {
  const [time = "", id = ""] = Buffer.from(cursor, "base64url").toString("utf8").split(" ");
  const at = new Date(time);
  if (Number.isNaN(at.getTime()) || !/^[a-z0-9]{1,64}$/.test(id)) {
    throw wrongField("cursor", "Pass `nextCursor` of the page before, unchanged.");
  }
  return { at, id };
}
