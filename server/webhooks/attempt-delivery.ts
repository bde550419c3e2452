import type { Prisma, WebhookDelivery } from "#prisma";
import { after, type Ctx, cityNow, inTransaction } from "../context.ts";
import { MOST_SHARES, type WebhookAnswer } from "../ports/webhook-sender.ts";
import { disableWebhook } from "./disable-webhook.ts";
import { busyDelay, causeToDisable, isReceived, retryDelay } from "./rules.ts";
import { signedHeaders } from "./sign.ts";

export type DeliveryStep = { state: "settled"; status: string } | { state: "waiting"; until: string };

/** While an attempt is under way nobody else makes one. Longer than any attempt; after a crash the next one follows. */
const CLAIM_SECONDS = 60;

/** Owners considered for a sending slot that became free: more than can have their share already. */
const CROWD = MOST_SHARES + 4;

/**
 * Makes the next attempt of a delivery if it is due, and says when to come again. Safe to repeat at any point and from
 * any number of runs: an attempt belongs to whoever moves `next_at` first. The request is made between two
 * transactions, so a crash in the middle sends it once more, under the same `webhook-id`.
 *
 * Sending slots are few, so a run that had one goes on with deliveries that found none, until none is due.
 */
export async function attemptDelivery(
  ctx: Ctx,
  { deliveryId, look }: { deliveryId: string; look: number },
): Promise<DeliveryStep> {
  const { step, sent } = await attempt(ctx, deliveryId);
  if (sent) while (await attemptOneOfTheCrowd(ctx));
  return step ?? waiting(await cityNow(ctx), busyDelay(look, Math.random()));
}

/**
 * Owners take turns, however much waits for each: next is the one whose agents were last sent something, or registered
 * a webhook, the longest ago. Removing a webhook and registering it again leads to the end of the line.
 */
async function attemptOneOfTheCrowd(ctx: Ctx): Promise<boolean> {
  const crowd = await ctx.db.$queryRaw<{ id: string }[]>`
    select due.id from (
      select distinct on (a.owner_id) a.owner_id, d.id from webhook_delivery d
      join agent a on a.id = d.agent_id
      join webhook_endpoint e on e.agent_id = d.agent_id
      where d.status = 'pending' and d.next_at <= city_now()
      order by a.owner_id, coalesce(e.last_attempt_at, e.created_at), d.next_at) due
    order by (select max(coalesce(e.last_attempt_at, e.created_at)) from agent a
              join webhook_endpoint e on e.agent_id = a.id where a.owner_id = due.owner_id)
    limit ${CROWD}`;
  for (const { id } of crowd) if ((await attempt(ctx, id)).sent) return true;
  return false;
}

/** Without a step: no place was free. */
type Attempt = { step: DeliveryStep | null; sent: boolean };

async function attempt(ctx: Ctx, id: string): Promise<Attempt> {
  const delivery = await findDelivery(ctx, id);
  if (delivery?.status !== "pending") return unsent({ state: "settled", status: delivery?.status ?? "gone" });
  const { now, nextAt, body } = delivery;
  if (now < nextAt) return unsent({ state: "waiting", until: nextAt.toISOString() });
  const release = ctx.ports.webhooks.reserve("delivery", delivery.ownerId);
  if (!release) return unsent(null);
  try {
    const claim = await claimAttempt(ctx, id);
    if (!claim) return unsent(await settleUnclaimed(ctx, id, now));
    const answer = await ctx.ports.webhooks.send({
      url: claim.url,
      headers: signedHeaders(ctx, claim, id, body),
      body,
    });
    const sent = { id, agentId: delivery.agentId, url: claim.url, answer };
    return { step: await inTransaction(ctx, (tx) => recordAttempt(tx, sent)), sent: true };
  } finally {
    release();
  }
}

const unsent = (step: DeliveryStep | null): Attempt => ({ step, sent: false });
const waiting = (now: Date, ms: number): DeliveryStep => ({ state: "waiting", until: after(now, ms).toISOString() });

type Due = { agentId: string; ownerId: string; body: string; status: string; nextAt: Date; now: Date };

async function findDelivery(ctx: Ctx, id: string): Promise<Due | undefined> {
  const [delivery] = await ctx.db.$queryRaw<Due[]>`
    select d.agent_id as "agentId", a.owner_id as "ownerId", d.body, d.status::text, d.next_at as "nextAt",
           city_now() as now
    from webhook_delivery d join agent a on a.id = d.agent_id where d.id = ${id}`;
  return delivery;
}

type Claim = { url: string; secret: string; previousSecret: string | null };

async function claimAttempt(ctx: Ctx, id: string): Promise<Claim | undefined> {
  const [claim] = await ctx.db.$queryRaw<Claim[]>`
    update webhook_delivery d set next_at = city_now() + make_interval(secs => ${CLAIM_SECONDS})
    from webhook_endpoint e
    where d.id = ${id} and d.status = 'pending' and d.next_at <= city_now() and e.agent_id = d.agent_id and e.enabled
    returning e.url, e.secret, case when e.previous_until > city_now() then e.previous_secret end as "previousSecret"`;
  return claim;
}

/** Dropped where there is nowhere to send it to any more; otherwise another run was faster. */
async function settleUnclaimed(ctx: Ctx, id: string, now: Date): Promise<DeliveryStep> {
  const dropped = await ctx.db.$executeRaw`
    update webhook_delivery d set status = 'dropped', last_error = 'The webhook is off or was removed.'
    where d.id = ${id} and d.status = 'pending'
      and not exists (select 1 from webhook_endpoint e where e.agent_id = d.agent_id and e.enabled)`;
  if (dropped > 0) return { state: "settled", status: "dropped" };
  return waiting(now, CLAIM_SECONDS * 1_000);
}

type Sent = { id: string; agentId: string; url: string; answer: WebhookAnswer };

async function recordAttempt(ctx: Ctx, { id, agentId, url, answer }: Sent): Promise<DeliveryStep> {
  const now = await cityNow(ctx);
  const failures = await countAttempt(ctx, agentId, url, isReceived(answer.status));
  const sent = await logAttempt(ctx, id, answer, now);
  const left = await ctx.db.webhookDelivery.update({ where: { id }, data: outcomeOf(sent, answer, now) });
  const cause = failures !== null && sent.status === "pending" ? causeToDisable(answer.status, failures) : null;
  if (cause) await disableWebhook(ctx, agentId, cause);
  if (left.status !== "pending") return { state: "settled", status: left.status };
  return cause ? { state: "settled", status: "dropped" } : { state: "waiting", until: left.nextAt.toISOString() };
}

/**
 * The failures in a row now; null where the webhook was moved or removed meanwhile: the answer of an old address says
 * nothing about a new one. The endpoint's row comes first in every transaction that touches both, so no two of them can
 * wait for each other.
 */
async function countAttempt(ctx: Ctx, agentId: string, url: string, received: boolean): Promise<number | null> {
  const [endpoint] = await ctx.db.$queryRaw<{ failures: number | null }[]>`
    update webhook_endpoint set last_attempt_at = city_now(),
      fail_count = case when url <> ${url} then fail_count when ${received} then 0 else fail_count + 1 end
    where agent_id = ${agentId} returning case when url = ${url} then fail_count end as failures`;
  return endpoint?.failures ?? null;
}

async function logAttempt(ctx: Ctx, id: string, answer: WebhookAnswer, now: Date): Promise<WebhookDelivery> {
  const { status, body, error, durationMs } = answer;
  await ctx.db.deliveryAttempt.create({ data: { deliveryId: id, status, body, error, durationMs, at: now } });
  return ctx.db.webhookDelivery.update({
    where: { id },
    data: { attempts: { increment: 1 }, lastStatus: status, lastError: error },
  });
}

/** What becomes of a delivery after an attempt; one that was dropped meanwhile stays so, unless it has arrived. */
function outcomeOf(sent: WebhookDelivery, answer: WebhookAnswer, now: Date): Prisma.WebhookDeliveryUpdateInput {
  if (isReceived(answer.status)) return { status: "delivered", deliveredAt: now };
  if (sent.status !== "pending") return {};
  const delay = retryDelay(sent.attempts, answer.retryAfterSeconds, Math.random());
  return delay === null ? { status: "exhausted" } : { nextAt: after(now, delay) };
}
