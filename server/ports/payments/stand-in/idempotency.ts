import { StripeAnswer } from "./errors.ts";
import type { Call } from "./world.ts";

export type StoredAnswer = { status: number; body: string };

/** Stripe forgets keys once they are at least a day old. */
const KEPT_SECONDS = 24 * 3600;

/**
 * Claims a key for the rest of the transaction and returns the answer it got before, if any. The lock goes with the
 * transaction, so a crash frees the key. Throws 409 while another request holds it, 400 when it was used otherwise.
 */
export async function claimKey(call: Call, key: string, fingerprint: string): Promise<StoredAnswer | undefined> {
  if (key.length > 255) {
    const message = "Idempotency keys can be at most 255 characters.";
    throw new StripeAnswer(400, { type: "idempotency_error", message }, false);
  }
  const { rows: locks } = await call.db.query<{ held: boolean }>(
    "select pg_try_advisory_xact_lock(hashtextextended('stripe_stand_in:' || $1 || ':' || $2, 0)) as held",
    [call.account, key],
  );
  if (!locks[0]?.held) {
    const message = `There is currently another in-progress request using this Idempotent Key (${key}). Please try again later.`;
    throw new StripeAnswer(409, { type: "idempotency_error", code: "idempotency_key_in_use", message }, false);
  }
  const { rows } = await call.db.query<StoredAnswer & { fingerprint: string }>(
    "select fingerprint, status, body from stripe_stand_in.idempotency where account = $1 and key = $2 and created > $3",
    [call.account, key, call.now - KEPT_SECONDS],
  );
  const stored = rows[0];
  if (stored && stored.fingerprint !== fingerprint) {
    const message = `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`;
    throw new StripeAnswer(400, { type: "idempotency_error", message }, false);
  }
  return stored;
}

/** Remembers the answer in the transaction of its effect. */
export async function rememberAnswer(
  call: Call,
  key: string,
  fingerprint: string,
  answer: StoredAnswer,
): Promise<void> {
  await call.db.query(
    `insert into stripe_stand_in.idempotency (account, key, fingerprint, status, body, created)
     values ($1, $2, $3, $4, $5, $6)
     on conflict (account, key) do update set fingerprint = excluded.fingerprint, status = excluded.status,
       body = excluded.body, created = excluded.created`,
    [call.account, key, fingerprint, answer.status, answer.body, call.now],
  );
}
