import { after, type Ctx, cityNow } from "../context.ts";
import { newId } from "../kernel/ids.ts";
import { makeSecret } from "../kernel/secrets.ts";

const DAY = 86_400_000;

/** A session for the API: its `acs_…` token is shown here and never again. */
export async function openApiSession(ctx: Ctx, ownerId: string): Promise<{ token: string; expiresAt: string }> {
  const { secret, hash } = makeSecret("acs_");
  const { expiresAt } = await openSession(ctx, ownerId, hash);
  return { token: secret, expiresAt: expiresAt.toISOString() };
}

/** A session for the dashboard: the cookie carries its id, signed by next-auth. */
export async function openDashboardSession(ctx: Ctx, ownerId: string): Promise<{ id: string }> {
  return openSession(ctx, ownerId, null);
}

async function openSession(ctx: Ctx, ownerId: string, tokenHash: string | null) {
  const now = await cityNow(ctx);
  return ctx.db.session.create({
    data: {
      id: newId(),
      ownerId,
      tokenHash,
      createdAt: now,
      expiresAt: after(now, ctx.settings.auth.sessionDays * DAY),
    },
    select: { id: true, expiresAt: true },
  });
}
