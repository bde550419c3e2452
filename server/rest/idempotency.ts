import { createHash } from "node:crypto";
import { Prisma } from "#prisma";
import type { Actor } from "../auth/actor.ts";
import { type Ctx, inTransaction, MONEY_KEY_DAYS } from "../context.ts";
import { LOCK_SEEDS } from "../db/advisory-locks.ts";
import { runStatement } from "../db/statement.ts";
import { CityError } from "../kernel/errors.ts";
import { openText, sealText } from "../kernel/secrets.ts";
import { toCityError } from "../trpc/errors.ts";
import { refusal } from "../trpc/init.ts";
import { checkText } from "../trpc/raw-input.ts";
import type { Route } from "./routes.ts";

export type Answer = { status: number; body: string; replayed: boolean };
type Work = (ctx: Ctx) => Promise<{ status: number; body: string }>;

const DAY = 86_400_000;
/** A stepwise operation whose claim was not renewed for so long is taken to have died; another try may go on. */
const STEPWISE_MS = 120_000;
const KEY_LENGTH = 255;

/**
 * Does the work once for an Idempotency-Key: the same key and body get the same answer, another body is refused, and
 * while the first still runs the second is told to wait. Only what succeeded is kept; a refusal is decided anew.
 */
export async function once(ctx: Ctx, route: Route, key: string, input: unknown, work: Work): Promise<Answer> {
  if (key.length > KEY_LENGTH || key.trim() === "") {
    throw new CityError("VALIDATION_ERROR", `Idempotency-Key holds 1 to ${KEY_LENGTH} characters.`);
  }
  // The operation asks too; here, because what is nested without end cannot be hashed.
  checkText(input);
  const claim: Claim = {
    id: sha256(`${callerOf(ctx.actor)}\n${route.name}\n${key}`),
    requestHash: sha256(JSON.stringify(input ?? null)),
    keepMs: route.rest.money ? MONEY_KEY_DAYS * DAY : DAY,
    seal: route.rest.secret ? (body) => sealText(ctx.masterKey + key, "idempotency", body) : null,
    open: (body) => openText(ctx.masterKey + key, "idempotency", body),
  };
  const answer = route.rest.idempotency === "stepwise" ? stepwise(ctx, claim, work) : atomic(ctx, claim, work);
  return answer.catch(async (thrown) => {
    // The key's transaction, which the operation was part of, is over only here.
    throw await refusal(route, ctx, thrown);
  });
}

type Claim = {
  id: string;
  requestHash: string;
  keepMs: number;
  seal: ((body: string) => string) | null;
  open(body: string): string;
};

/** Key, effect and answer in one transaction: a crash leaves all or nothing. */
function atomic(ctx: Ctx, claim: Claim, work: Work): Promise<Answer> {
  return inTransaction(ctx, async (tx) => {
    await lockKey(tx, claim);
    const kept = await keptAnswer(tx, claim);
    if (kept) return kept;
    const answer = await work(tx);
    await keepAnswer(tx, claim, answer);
    return { ...answer, replayed: false };
  });
}

/**
 * The work calls the outside world, so it cannot share a transaction: the key is claimed first, and the claim renewed for
 * as long as the work takes. A refusal frees the key. Any other failure leaves open what was done: the same request may
 * go on from there, another one may not take the key.
 */
async function stepwise(ctx: Ctx, claim: Claim, work: Work): Promise<Answer> {
  const kept = await inTransaction(ctx, async (tx) => {
    await lockKey(tx, claim);
    const answer = await keptAnswer(tx, claim);
    if (!answer) await writeClaim(tx, claim);
    return answer;
  });
  if (kept) return kept;
  const renewal = setInterval(() => lease(ctx, claim, STEPWISE_MS).catch(() => {}), STEPWISE_MS / 3);
  try {
    const answer = await work({ ...ctx, requestKey: claim.id });
    await keepAnswer(ctx, claim, answer);
    return { ...answer, replayed: false };
  } catch (error) {
    if (toCityError(error).status < 500) await freeKey(ctx, claim);
    else await lease(ctx, claim, 0);
    throw error;
  } finally {
    clearInterval(renewal);
  }
}

async function lease(ctx: Ctx, { id }: Claim, ms: number): Promise<void> {
  await ctx.db.$executeRaw`
    update idempotency_key set locked_until = city_now() + ${ms}::int * interval '1 ms' where id = ${id} and status is null`;
}

async function freeKey(ctx: Ctx, { id }: Claim): Promise<void> {
  await ctx.db.$executeRaw`delete from idempotency_key where id = ${id} and status is null`;
}

async function lockKey(ctx: Ctx, claim: Claim): Promise<void> {
  const [row] = await runStatement<[{ locked: boolean }]>(
    ctx,
    Prisma.sql`select pg_try_advisory_xact_lock(hashtextextended(${claim.id}, ${LOCK_SEEDS.idempotencyKey})) as locked`,
  );
  if (!row.locked) throw inFlight();
}

async function keptAnswer(ctx: Ctx, claim: Claim): Promise<Answer | null> {
  const [row] = await runStatement<KeyRow[]>(
    ctx,
    Prisma.sql`select request_hash as "requestHash", status, answer, sealed, locked_until > city_now() as locked
               from idempotency_key where id = ${claim.id} and expires_at > city_now()`,
  );
  if (!row) return null;
  if (row.requestHash !== claim.requestHash) {
    throw new CityError("IDEMPOTENCY_MISMATCH", "This Idempotency-Key was used with another request.");
  }
  if (row.status === null) {
    if (row.locked) throw inFlight();
    return null;
  }
  const body = row.answer ?? "";
  return { status: row.status, body: row.sealed ? claim.open(body) : body, replayed: true };
}

type KeyRow = {
  requestHash: string;
  status: number | null;
  answer: string | null;
  sealed: boolean;
  locked: boolean | null;
};

async function writeClaim(ctx: Ctx, claim: Claim): Promise<void> {
  await writeKey(ctx, claim, { status: null, body: null, lockedMs: STEPWISE_MS });
}

async function keepAnswer(ctx: Ctx, claim: Claim, { status, body }: { status: number; body: string }): Promise<void> {
  await writeKey(ctx, claim, { status, body: claim.seal ? claim.seal(body) : body, lockedMs: null });
}

type KeyState = { status: number | null; body: string | null; lockedMs: number | null };

async function writeKey(ctx: Ctx, { id, requestHash, keepMs, seal }: Claim, state: KeyState): Promise<void> {
  const { status, body, lockedMs } = state;
  await runStatement(
    ctx,
    Prisma.sql`
    insert into idempotency_key (id, request_hash, status, answer, sealed, locked_until, expires_at)
    values (${id}, ${requestHash}, ${status}, ${body}, ${seal !== null},
            city_now() + ${lockedMs}::int * interval '1 ms', city_now() + ${keepMs}::bigint * interval '1 ms')
    on conflict (id) do update set (request_hash, status, answer, sealed, locked_until, expires_at) =
      (excluded.request_hash, excluded.status, excluded.answer, excluded.sealed, excluded.locked_until, excluded.expires_at)`,
  );
}

function inFlight(): CityError {
  return new CityError("IDEMPOTENCY_IN_FLIGHT", "The first request with this Idempotency-Key is still running.", {
    retryAfter: 1,
  });
}

function callerOf(actor: Actor): string {
  if (actor.kind === "agent") return `agent:${actor.agentId}`;
  if (actor.kind === "owner") return `owner:${actor.ownerId}`;
  return actor.kind === "trust" ? `trust:${actor.keyId}` : actor.kind;
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
