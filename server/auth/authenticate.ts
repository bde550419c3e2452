import type { Ctx } from "../context.ts";
import { runStatement } from "../db/statement.ts";
import { CityError } from "../kernel/errors.ts";
import { hashSecret, isWellFormedSecret } from "../kernel/secrets.ts";
import type { Actor } from "./actor.ts";

export type Credentials = {
  bearer?: string | undefined;
  apiKey?: string | undefined;
  trustKey?: string | undefined;
};

/**
 * Turns a credential into an actor. Where a client sends several, the operation's own list says which one counts, in
 * that order. A credential that is there but wrong is refused even where none is needed.
 */
export async function authenticate(ctx: Ctx, given: Credentials, accepts: readonly Actor["kind"][]): Promise<Actor> {
  for (const kind of [...accepts, "agent", "owner", "trust"] as const) {
    const { apiKey, bearer, trustKey } = given;
    if (kind === "agent" && apiKey !== undefined) return agentByKey(ctx, apiKey);
    if (kind === "owner" && bearer !== undefined) return ownerByToken(ctx, bearer);
    if (kind === "trust" && trustKey !== undefined) return trustByKey(ctx, trustKey);
  }
  return { kind: "anonymous" };
}

async function agentByKey(ctx: Ctx, key: string): Promise<Actor> {
  const [agent] = isWellFormedSecret("ac_live_", key)
    ? await runStatement<AgentRow[]>(ctx, { text: AGENT_BY_KEY, values: [hashSecret(key)] })
    : [];
  if (!agent) throw new CityError("INVALID_API_KEY", "This API key is not valid. It may have been rotated.");
  if (!agent.active)
    throw new CityError("AGENT_DEACTIVATED", "This agent is deactivated. Its owner can reactivate it.");
  return { kind: "agent", agentId: agent.id, ownerId: agent.ownerId };
}

/** Exported for the benchmark, which does the same without us. */
export const AGENT_BY_KEY =
  'select id, owner_id as "ownerId", deactivated_at is null as active from agent where key_hash = $1';
type AgentRow = { id: string; ownerId: string; active: boolean };

async function ownerByToken(ctx: Ctx, token: string): Promise<Actor> {
  if (isWellFormedSecret("acs_", token)) return ownerBySession(ctx, { tokenHash: hashSecret(token) });
  if (isWellFormedSecret("aco_live_", token)) return ownerByOwnerToken(ctx, hashSecret(token));
  throw invalidToken();
}

/** The owner behind a session, by its token's hash or (for the dashboard's cookie) by its id. */
export async function ownerBySession(ctx: Ctx, by: { tokenHash: string } | { id: string }): Promise<Actor> {
  const [row] =
    "id" in by
      ? await runStatement<SessionRow[]>(ctx, { text: SESSION_BY_ID, values: [by.id] })
      : await runStatement<SessionRow[]>(ctx, { text: SESSION_BY_TOKEN, values: [by.tokenHash] });
  if (!row?.open) throw invalidToken();
  if (!row.fresh) throw new CityError("TOKEN_EXPIRED", "This session has expired. Sign in again.");
  return { kind: "owner", ownerId: row.ownerId, role: row.role, sessionId: row.id };
}

const SESSION = `
  select s.id, s.owner_id as "ownerId", o.role, s.ended_at is null and o.closed_at is null as open,
         s.expires_at > city_now() as fresh
  from session s join owner o on o.id = s.owner_id`;
const SESSION_BY_ID = `${SESSION} where s.id = $1`;
const SESSION_BY_TOKEN = `${SESSION} where s.token_hash = $1`;
type SessionRow = { id: string; ownerId: string; role: "owner" | "operator"; open: boolean; fresh: boolean };

async function ownerByOwnerToken(ctx: Ctx, tokenHash: string): Promise<Actor> {
  const [row] = await runStatement<TokenRow[]>(ctx, { text: OWNER_TOKEN, values: [tokenHash] });
  if (!row?.live) throw invalidToken();
  if (!row.fresh) throw new CityError("TOKEN_EXPIRED", "This owner token has expired. Create a new one.");
  // Once a minute is enough to show whether a token is in use, and keeps a busy one from being a hot row.
  if (row.touch) await ctx.db.$executeRaw`update owner_token set last_used_at = city_now() where id = ${row.id}`;
  return { kind: "owner", ownerId: row.ownerId, role: row.role, sessionId: null };
}

const OWNER_TOKEN = `
  select t.id, t.owner_id as "ownerId", o.role, t.revoked_at is null and o.closed_at is null as live,
         t.expires_at is null or t.expires_at > city_now() as fresh,
         t.last_used_at is null or t.last_used_at < city_now() - interval '1 minute' as touch
  from owner_token t join owner o on o.id = t.owner_id where t.token_hash = $1`;
type TokenRow = {
  id: string;
  ownerId: string;
  role: "owner" | "operator";
  live: boolean;
  fresh: boolean;
  touch: boolean;
};

async function trustByKey(ctx: Ctx, key: string): Promise<Actor> {
  const row = isWellFormedSecret("tst_", key)
    ? await ctx.db.trustKey.findUnique({ where: { keyHash: hashSecret(key) }, select: { id: true, revokedAt: true } })
    : null;
  if (!row || row.revokedAt) throw new CityError("INVALID_API_KEY", "This trust key is not valid.");
  return { kind: "trust", keyId: row.id };
}

function invalidToken(): CityError {
  return new CityError("INVALID_TOKEN", "This token is not valid. Sign in again, or create a new one.");
}
