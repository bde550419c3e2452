import type { NextAuthOptions } from "next-auth";
import * as jwtModule from "next-auth/jwt";
import type { City } from "../city.ts";
import { callerAddress } from "../kernel/caller-address.ts";
import { isCityError } from "../kernel/errors.ts";
import type { Actor } from "./actor.ts";
import { ownerBySession } from "./authenticate.ts";
import { endSessions } from "./end-sessions.ts";
import { openDashboardSession } from "./open-session.ts";
import { signInInput } from "./schema.ts";
import { checkCredentials } from "./sign-in.ts";

/** next-auth is CommonJS: Node hands over a namespace whose `default` is the module, Next's bundle the module itself. */
const { getToken } = ((jwtModule as { default?: unknown }).default ?? jwtModule) as typeof jwtModule;

/** What signing in needs of the city. */
type AuthCity = Pick<City, "config" | "ctx" | "log">;

const COOKIE = "next-auth.session-token";

/**
 * The dashboard's sign-in. The cookie is a signed JWT that carries only the id of a session row; the row is checked on
 * every request, so that signing out or changing the password ends what was open. Both ages are set: next-auth bounds
 * the token by `jwt.maxAge` alone.
 */
export function nextAuthOptions(city: AuthCity): NextAuthOptions {
  const { config } = city;
  const maxAge = config.settings.auth.sessionDays * 86_400;
  // Without it next-auth sends people to localhost:3000 after signing in and out.
  process.env.NEXTAUTH_URL = config.publicUrl;
  return {
    secret: config.masterKey,
    session: { strategy: "jwt", maxAge },
    jwt: { maxAge },
    useSecureCookies: isSecure(city),
    cookies: {
      sessionToken: {
        name: cookieName(city),
        options: { httpOnly: true, sameSite: "lax", path: "/", secure: isSecure(city) },
      },
    },
    pages: { signIn: "/signin", error: "/signin" },
    providers: [
      {
        id: "credentials",
        name: "E-mail and password",
        type: "credentials",
        credentials: {},
        authorize: (given, request) => authorize(city, given, callerAddress(request.headers)),
      },
    ],
    callbacks: {
      jwt: ({ token, user }) => (user ? { sid: user.id } : token),
      // Nothing in the browser needs to know more than that there is a session.
      session: ({ session }) => ({ expires: session.expires }),
    },
    events: {
      signOut: async ({ token }) => {
        if (typeof token?.sid !== "string") return;
        const ctx = city.ctx();
        // A cookie that has ended, which may be anyone's by now, ends nothing more.
        const actor = await ownerBySession(ctx, { id: token.sid }).catch(() => null);
        if (actor?.kind === "owner") await endSessions(ctx, actor.ownerId);
      },
    },
    logger: {
      error: (code, metadata) => city.log.warn({ code, metadata: String(metadata) }, "next-auth"),
      warn: (code) => city.log.debug({ code }, "next-auth"),
      debug: () => undefined,
    },
  };
}

/** Who a request of the dashboard comes from. A cookie that is missing, forged, expired or signed out is nobody. */
export async function actorFromCookie(city: AuthCity, cookieHeader: string | null): Promise<Actor> {
  const cookies = parseCookies(cookieHeader ?? "");
  const cookieNameOfSession = cookieName(city);
  if (!Object.keys(cookies).some((name) => name.startsWith(cookieNameOfSession))) return { kind: "anonymous" };
  const request = { headers: {}, cookies } as unknown as Parameters<typeof getToken>[0]["req"];
  const token = await getToken({
    req: request,
    secret: city.config.masterKey,
    cookieName: cookieNameOfSession,
    secureCookie: isSecure(city),
  });
  if (typeof token?.sid !== "string") return { kind: "anonymous" };
  try {
    return await ownerBySession(city.ctx(), { id: token.sid });
  } catch (error) {
    if (isCityError(error) && error.status === 401) return { kind: "anonymous" };
    throw error;
  }
}

/** Null makes next-auth answer that the credentials are wrong; a thrown message goes out as it is, so it is a code. */
async function authorize(city: AuthCity, given: unknown, address: string): Promise<{ id: string } | null> {
  const { email, password } = (given ?? {}) as Record<string, unknown>;
  const input = signInInput.safeParse({ email, password });
  try {
    if (!input.success) return null;
    const ctx = city.ctx({ kind: "anonymous" }, { address });
    const owner = await checkCredentials(ctx, input.data);
    return await openDashboardSession(ctx, owner.id);
  } catch (error) {
    const code = isCityError(error) ? error.code : "INTERNAL_ERROR";
    if (code === "INVALID_CREDENTIALS") return null;
    if (code === "RATE_LIMITED") throw new Error("RATE_LIMITED");
    city.log.error({ err: error }, "a sign-in failed");
    throw new Error("UNAVAILABLE");
  }
}

function isSecure(city: AuthCity): boolean {
  return city.config.publicUrl.startsWith("https://");
}

/** `__Secure-` tells the browser to refuse the cookie from anything but https. */
function cookieName(city: AuthCity): string {
  return isSecure(city) ? `__Secure-${COOKIE}` : COOKIE;
}

function parseCookies(header: string): Record<string, string> {
  const pairs = header.split(";").flatMap((part) => {
    const at = part.indexOf("=");
    return at < 1 ? [] : [[part.slice(0, at).trim(), decode(part.slice(at + 1).trim())] as const];
  });
  return Object.fromEntries(pairs);
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
