import type { Ctx } from "../context.ts";
import type { Listed, Metadata } from "../ports/payments.ts";
import { reachPayments } from "./reach-payments.ts";

/** Clocks differ; what was made for a row is looked for from a little before the row. */
const MARGIN_MS = 3_600_000;

/** The newest object of a kind that carries our metadata, made for a row of this age; null when there is none. */
export async function findListed<K extends keyof Listed>(
  ctx: Ctx,
  kind: K,
  filter: { createdAt: Date; metadata: Metadata; accountId?: string },
): Promise<Listed[K] | null> {
  const since = new Date(filter.createdAt.getTime() - MARGIN_MS).toISOString();
  const { metadata, accountId } = filter;
  const listed = reachPayments(ctx).list(kind, { since, metadata, ...(accountId !== undefined && { accountId }) });
  for await (const item of listed) return item;
  return null;
}
