import type { Actor } from "#server/auth/actor.ts";
import type { Ctx } from "#server/context.ts";
import type { MoneyCity } from "./money-city.ts";

/** The clock only moves forward; nothing has happened. */
export class MomentIsOver extends Error {
  override message = "That moment is over.";
}

/**
 * Does something at an exact millisecond of the city's time. The clock is moved in the transaction of the deed itself, in
 * which PostgreSQL's time stands still; over HTTP a few milliseconds would always pass.
 */
export async function atMoment<A extends Actor, T>(
  city: MoneyCity,
  actor: A,
  moment: Date,
  deed: (ctx: Ctx<A>) => Promise<T>,
): Promise<T> {
  await city.idle();
  const done = await city.database.prisma.$transaction(
    async (db) => {
      const [{ ahead }] = await db.$queryRaw<[{ ahead: boolean }]>`
        select ${moment}::timestamptz >= date_trunc('milliseconds', city_now()) as ahead`;
      if (!ahead) throw new MomentIsOver();
      await db.$executeRaw`
        select engine.advance_clock(${moment}::timestamptz - date_trunc('milliseconds', city_now()))`;
      return deed({ ...(city.ctx(actor) as Ctx<A>), db });
    },
    { timeout: 20_000 },
  );
  await city.idle();
  return done;
}

export const ownerActor = (ownerId: string, role: "owner" | "operator" = "owner") =>
  ({ kind: "owner", ownerId, role, sessionId: null }) as const;
export const agentActor = (agentId: string, ownerId: string) => ({ kind: "agent", agentId, ownerId }) as const;
export const systemActor = { kind: "system" } as const;
