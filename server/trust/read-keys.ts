import type { z } from "zod";
import type { Ctx } from "../context.ts";
import type { trustKeyView } from "./schema.ts";

type KeyRow = {
  id: string;
  name: string;
  display: string;
  createdAt: Date;
  lastDay: Date | null;
  usesToday: number;
};

/** An owner's keys that still work, newest first, with their use; only one of them when an id is given. */
export async function readKeys(ctx: Ctx, ownerId: string, id: string | null): Promise<z.infer<typeof trustKeyView>[]> {
  const rows = await ctx.db.$queryRaw<KeyRow[]>`
    select k.id, k.name, k.display, k.created_at as "createdAt",
           (select max(u.day) from trust_key_use u where u.key_id = k.id) as "lastDay",
           coalesce((select u.uses from trust_key_use u
                     where u.key_id = k.id and u.day = (city_now() at time zone 'utc')::date), 0) as "usesToday"
    from trust_key k
    where k.owner_id = ${ownerId} and k.revoked_at is null and (${id}::text is null or k.id = ${id})
    order by k.created_at desc, k.id desc`;
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    display: `${row.display}…`,
    createdAt: row.createdAt.toISOString(),
    lastUsedAt: row.lastDay?.toISOString() ?? null,
    usesToday: row.usesToday,
    dailyLimit: ctx.settings.limits.trustPerDay,
  }));
}
