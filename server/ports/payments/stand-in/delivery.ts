import { createHmac } from "node:crypto";
import type { StripeEvent } from "./objects.ts";
import type { World } from "./world.ts";

type DeliveryResult = { id: string; type: string; status: number; ok: boolean; body: string };

const ANSWER_LIMIT = 500;
const TIMEOUT_MS = 10_000;

/** `t=<seconds>,v1=<HMAC-SHA256 of "t.body">`, made with the real clock because `constructEvent` compares with it. */
export function signatureHeader(body: string, secret: string, atMs: number = Date.now()): string {
  const t = Math.floor(atMs / 1000);
  return `t=${t},v1=${createHmac("sha256", secret).update(`${t}.${body}`).digest("hex")}`;
}

async function eventById(world: World, id: string): Promise<StripeEvent | undefined> {
  const { rows } = await world.pool.query<{ data: StripeEvent }>(
    "select data from stripe_stand_in.object where id = $1 and kind = 'event'",
    [id],
  );
  return rows[0]?.data;
}

/** Posts one event once. Status 0 means that nobody answered. Success is any 2xx; redirects are failures. */
export async function deliver(world: World, eventId: string, signal?: AbortSignal): Promise<DeliveryResult> {
  const event = await eventById(world, eventId);
  if (!event) return { id: eventId, type: "", status: 0, ok: false, body: "no such event" };
  const body = JSON.stringify(event);
  const limit = AbortSignal.timeout(TIMEOUT_MS);
  const result = { id: event.id, type: event.type };
  try {
    const response = await fetch(world.webhookUrl, {
      method: "POST",
      redirect: "manual",
      headers: {
        "content-type": "application/json; charset=utf-8",
        "user-agent": "Stripe/1.0 (stand-in)",
        "stripe-signature": signatureHeader(body, world.webhookSecret),
      },
      body,
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    });
    const answer = (await response.text()).slice(0, ANSWER_LIMIT);
    if (response.ok) await markDelivered(world, event.id);
    return { ...result, status: response.status, ok: response.ok, body: answer };
  } catch (error) {
    return { ...result, status: 0, ok: false, body: String(error).slice(0, ANSWER_LIMIT) };
  }
}

async function markDelivered(world: World, id: string): Promise<void> {
  await world.pool.query(
    "update stripe_stand_in.object set data = jsonb_set(data, '{pending_webhooks}', '0') where id = $1",
    [id],
  );
}

/**
 * Delivers these events now, one after the other in this order, whatever is held; what is accepted is not sent again.
 * What fails stays as it was, or goes back to the loop with `releaseRest`.
 */
export async function deliverInOrder(
  world: World,
  ids: readonly string[],
  options: { releaseRest?: boolean } = {},
): Promise<DeliveryResult[]> {
  const results: DeliveryResult[] = [];
  for (const id of ids) {
    const result = await deliver(world, id);
    if (result.ok) {
      await world.pool.query("delete from stripe_stand_in.job where kind = 'event' and object_id = $1", [id]);
    }
    results.push(result);
  }
  if (options.releaseRest) {
    await world.pool.query("update stripe_stand_in.job set held = false where kind = 'event' and object_id = any($1)", [
      ids,
    ]);
    world.wake();
  }
  return results;
}

/** Ids of the events that have not been accepted yet, oldest first; of those whose object is or names `about`, if given. */
export async function waitingEvents(world: World, about?: string): Promise<string[]> {
  const { rows } = await world.pool.query<{ id: string }>(
    `select o.id from stripe_stand_in.object o
     where o.kind = 'event' and exists (
       select 1 from stripe_stand_in.job j where j.kind = 'event' and j.object_id = o.id
     ) and ($1::text is null or jsonb_path_exists(o.data, '$.data.object.* ? (@ == $id)', jsonb_build_object('id', $1::text)))
     order by o.seq`,
    [about ?? null],
  );
  return rows.map((row) => row.id);
}
