import type { AuthOptions } from "next-auth";
import { getToken } from "next-auth/jwt";
import credentialsProvider from "next-auth/providers/credentials";
import type { City } from "../city.ts";
import { isCityError } from "../kernel/errors.ts";
import type { Actor } from "./actor.ts";
import { ownerBySession } from "./authenticate.ts";
import { openDashboardSession } from "./open-session.ts";
import { signInInput } from "./schema.ts";
import { checkCredentials } from "./sign-in.ts";

/** A part of next-auth that its ESM types hide behind a namespace. */
const credentials =
  (credentialsProvider as unknown as { default?: typeof credentialsProvider }).default ?? credentialsProvider;

/**
 * next-auth for the dashboard: credentials only, sessions as JWTs that carry the id of a row of ours. The row decides,
 * at every request, so that signing out or a new password ends every session at once.
 */
export function nextAuthOptions(city: City): AuthOptions {
  const maxAge = city.config.settings.auth.sessionDays * 86_400;
  return {
    secret: city.config.masterKey,
    session: { strategy: "jwt", maxAge },
    jwt: { maxAge },
    useSecureCookies: isSecure(city),
    cookies: { sessionToken: { name: cookieName(city), options: cookieOptions(city) } },
    pages: { signIn: "/signin", error: "/signin" },
    providers: [
      credentials({
        name: "E-mail and password",
        credentials: { email: { type: "email" }, password: { type: "password" } },
        async authorize(given, request) {
          const input = signInInput.safeParse({ email: given?.email, password: given?.password });
          if (!input.success) return null;
          const address = String(request.headers?.["x-forwarded-for"] ?? "dashboard");
          try {
            await city.limits.countSignIn(address, input.data.email);
            const ctx = city.ctx({ kind: "anonymous" });
            const owner = await checkCredentials(ctx, input.data);
            const session = await openDashboardSession(ctx, owner.id);
            return { id: owner.id, name: owner.name, email: owner.email, sessionId: session.id };
          } catch (error) {
            // The sign-in page turns the code into a sentence.
            if (isCityError(error)) throw new Error(error.code);
            throw error;
          }
        },
      }),
    ],
    callbacks: {
      jwt({ token, user }) {
        const sessionId = (user as { sessionId?: string } | undefined)?.sessionId;
        return sessionId ? { ...token, sessionId } : token;
      },
    },
    events: {
      async signOut({ token }) {
        const id = String(token?.sessionId ?? "");
        await city.database.prisma.$executeRaw`
          update session set ended_at = city_now() where id = ${id} and ended_at is null`;
      },
    },
  };
}

/** Who the dashboard's cookie belongs to. Outside of Next's request scope, so the cookie is read from the header. */
export async function actorFromCookie(city: City, cookieHeader: string | null): Promise<Actor> {
  const anonymous: Actor = { kind: "anonymous" };
  if (!cookieHeader) return anonymous;
  const token = await getToken({
    req: { headers: {}, cookies: readCookies(cookieHeader) } as never,
    secret: city.config.masterKey,
    secureCookie: isSecure(city),
    cookieName: cookieName(city),
  });
  if (typeof token?.sessionId !== "string") return anonymous;
  // An ended session is a signed-out browser, not an error.
  return ownerBySession(city.ctx(anonymous), { id: token.sessionId }).catch(() => anonymous);
}

function readCookies(header: string): Record<string, string> {
  return Object.fromEntries(
    header.split(";").flatMap((part) => {
      const at = part.indexOf("=");
      if (at < 0) return [];
      const value = part.slice(at + 1).trim();
      try {
        return [[part.slice(0, at).trim(), decodeURIComponent(value)]];
      } catch {
        return [];
      }
    }),
  );
}

function isSecure(city: City): boolean {
  return city.config.publicUrl.startsWith("https://");
}

/** Cookies know no ports: two cities on one machine need two names. */
function cookieName(city: City): string {
  return isSecure(city) ? "__Secure-city.session" : `city.session.${city.config.port}`;
}

function cookieOptions(city: City) {
  return { httpOnly: true, sameSite: "lax" as const, path: "/", secure: isSecure(city) };
}
