import type { Prisma, WebhookDelivery } from "#prisma";
import { after, type Ctx, cityNow, inTransaction } from "../context.ts";
import type { WebhookAnswer } from "../ports/webhook-sender.ts";
import { disableWebhook } from "./disable-webhook.ts";
import { busyDelay, causeToDisable, isReceived, retryDelay } from "./rules.ts";
import { signedHeaders } from "./sign.ts";

export type DeliveryStep = { state: "settled"; status: string } | { state: "waiting"; until: string };

/** While an attempt is under way nobody else makes one. Longer than any attempt; after a crash the next one follows. */
const CLAIM_SECONDS = 60;

/** Receivers considered for a sending slot that became free: more than there are slots. */
const CROWD = 20;

/**
 * Makes the next attempt of a delivery if it is due, and says when to come again. Safe to repeat at any point and from
 * any number of runs: an attempt belongs to whoever moves `next_at` first. The request is made between two
 * transactions, so a crash in the middle sends it once more, under the same `webhook-id`.
 *
 * Sending slots are few, so a run that had one goes on with deliveries that found none, until none is due.
 */
export async function attemptDelivery(ctx: Ctx, input: { deliveryId: string; look: number }): Promise<DeliveryStep> {
  const mine = await attempt(ctx, input);
  if (mine.sent) while (await attemptOneOfTheCrowd(ctx));
  return mine.step;
}

/** Receivers take turns, however much waits for each: next is the one whose last attempt is the longest ago. */
async function attemptOneOfTheCrowd(ctx: Ctx): Promise<boolean> {
  const crowd = await ctx.db.$queryRaw<{ id: string }[]>`
    select due.id from (
      select distinct on (agent_id) agent_id, id from webhook_delivery
      where status = 'pending' and next_at <= city_now() order by agent_id, next_at) due
    join webhook_endpoint e on e.agent_id = due.agent_id
    order by e.last_attempt_at nulls first limit ${CROWD}`;
  for (const { id } of crowd) {
    if ((await attempt(ctx, { deliveryId: id, look: 0 })).sent) return true;
  }
  return false;
}

async function attempt(
  ctx: Ctx,
  input: { deliveryId: string; look: number },
): Promise<{ step: DeliveryStep; sent: boolean }> {
  const delivery = await ctx.db.webhookDelivery.findUnique({ where: { id: input.deliveryId } });
  if (delivery?.status !== "pending") return unsent({ state: "settled", status: delivery?.status ?? "gone" });
  const now = await cityNow(ctx);
  if (now < delivery.nextAt) return unsent({ state: "waiting", until: delivery.nextAt.toISOString() });
  const release = ctx.ports.webhooks.reserve("delivery", delivery.agentId);
  if (!release) {
    return unsent({ state: "waiting", until: after(now, busyDelay(input.look, Math.random())).toISOString() });
  }
  try {
    const claim = await claimAttempt(ctx, delivery.id);
    if (!claim) return unsent(await dropOrderless(ctx, delivery.id, now));
    const headers = signedHeaders(ctx, claim, delivery.id, delivery.body);
    const answer = await ctx.ports.webhooks.send({ url: claim.url, headers, body: delivery.body });
    return {
      step: await inTransaction(ctx, (tx) => recordAttempt(tx, delivery.id, delivery.agentId, answer)),
      sent: true,
    };
  } finally {
    release();
  }
}

const unsent = (step: DeliveryStep) => ({ step, sent: false });

type Claim = { url: string; secret: string; previousSecret: string | null };

async function claimAttempt(ctx: Ctx, id: string): Promise<Claim | undefined> {
  const [claim] = await ctx.db.$queryRaw<Claim[]>`
    update webhook_delivery d set next_at = city_now() + make_interval(secs => ${CLAIM_SECONDS})
    from webhook_endpoint e
    where d.id = ${id} and d.status = 'pending' and d.next_at <= city_now() and e.agent_id = d.agent_id and e.enabled
    returning e.url, e.secret, case when e.previous_until > city_now() then e.previous_secret end as "previousSecret"`;
  return claim;
}

/** Not claimed: there is nowhere to send it to any more, or another run was faster. */
async function dropOrderless(ctx: Ctx, id: string, now: Date): Promise<DeliveryStep> {
  const dropped = await ctx.db.$executeRaw`
    update webhook_delivery d set status = 'dropped', last_error = 'The webhook is off or was removed.'
    where d.id = ${id} and d.status = 'pending'
      and not exists (select 1 from webhook_endpoint e where e.agent_id = d.agent_id and e.enabled)`;
  if (dropped > 0) return { state: "settled", status: "dropped" };
  return { state: "waiting", until: after(now, CLAIM_SECONDS * 1_000).toISOString() };
}

async function recordAttempt(ctx: Ctx, id: string, agentId: string, answer: WebhookAnswer): Promise<DeliveryStep> {
  const now = await cityNow(ctx);
  const endpoint = await countAttempt(ctx, agentId, isReceived(answer.status));
  const sent = await logAttempt(ctx, id, answer, now);
  const left = await ctx.db.webhookDelivery.update({ where: { id }, data: outcomeOf(sent, answer, now) });
  const cause = endpoint && sent.status === "pending" ? causeToDisable(answer.status, endpoint.failCount) : null;
  if (cause) await disableWebhook(ctx, agentId, cause);
  if (left.status !== "pending") return { state: "settled", status: left.status };
  return cause ? { state: "settled", status: "dropped" } : { state: "waiting", until: left.nextAt.toISOString() };
}

/** The endpoint's row comes first in every transaction that touches both: no two of them can wait for each other. */
async function countAttempt(ctx: Ctx, agentId: string, received: boolean): Promise<{ failCount: number } | undefined> {
  const [endpoint] = await ctx.db.$queryRaw<{ failCount: number }[]>`
    update webhook_endpoint
    set fail_count = case when ${received} then 0 else fail_count + 1 end, last_attempt_at = city_now()
    where agent_id = ${agentId} returning fail_count as "failCount"`;
  return endpoint;
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
