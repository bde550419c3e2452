import { createTRPCClient, httpLink } from "@trpc/client";
import * as jwtModule from "next-auth/jwt";
import { openDashboardSession } from "#server/auth/open-session.ts";
import type { AppRouter } from "#server/trpc/root.ts";
import type { TestCity } from "./city.ts";

/** next-auth is CommonJS. */
const { encode } = ((jwtModule as { default?: unknown }).default ?? jwtModule) as typeof jwtModule;

/** The cookie that signing in sets. */
export async function dashboardCookie(city: TestCity, owner: { id: string }): Promise<{ cookie: string }> {
  const session = await openDashboardSession(city.ctx(), owner.id);
  const token = await encode({ token: { sid: session.id }, secret: city.config.masterKey });
  return { cookie: `next-auth.session-token=${token}` };
}

/**
 * The dashboard's own client for an owner: over HTTP, with the cookie that signing in sets. A call's
 * `context.idempotencyKey` goes along as the pages send it.
 */
export async function dashboardOf(city: TestCity, owner: { id: string }) {
  const headers = { ...(await dashboardCookie(city, owner)), "sec-fetch-site": "same-origin" };
  const keyOf = ({ idempotencyKey }: Record<string, unknown>) =>
    idempotencyKey === undefined ? {} : { "idempotency-key": String(idempotencyKey) };
  const link = httpLink({ url: `${city.url}/api/trpc`, headers: ({ op }) => ({ ...headers, ...keyOf(op.context) }) });
  return createTRPCClient<AppRouter>({ links: [link] });
}
