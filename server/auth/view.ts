import type { z } from "zod";
import type { OwnerToken } from "#prisma";
import type { ownerTokenView } from "./schema.ts";

export function viewOwnerToken(row: OwnerToken): z.infer<typeof ownerTokenView> {
  return {
    id: row.id,
    name: row.name,
    display: `${row.display}…`,
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt?.toISOString() ?? null,
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
  };
}
