import { takeEventFault } from "./faults.ts";
import { stripeId } from "./ids.ts";
import type { AnyObject, StripeEvent } from "./objects.ts";
import { insert } from "./store.ts";
import { type Call, PLATFORM } from "./world.ts";

/**
 * Records an event with a snapshot of the object, and the jobs that will deliver it, all in the caller's transaction:
 * an effect and its event exist together or not at all.
 */
export async function recordEvent(
  call: Call,
  type: string,
  object: AnyObject,
  account: string = call.account,
): Promise<StripeEvent> {
  const event: StripeEvent = {
    id: stripeId("evt"),
    object: "event",
    ...(account !== PLATFORM && { account }),
    api_version: call.apiVersion,
    created: call.now,
    data: { object: structuredClone(object) },
    livemode: false,
    pending_webhooks: 1,
    request: { id: call.requestId, idempotency_key: call.idempotencyKey },
    type,
  };
  await insert(call, event, { account });
  const duplicate = await takeEventFault(call, type);
  const held = call.holdEvents || call.settings.events === "hold";
  for (let copy = 0; copy < (duplicate?.options.copies ?? (duplicate ? 2 : 1)); copy++) {
    await call.db.query(
      "insert into stripe_stand_in.job (kind, object_id, due, held) values ('event', $1, clock_timestamp(), $2)",
      [event.id, held],
    );
  }
  call.events.push(event.id);
  call.queued.jobs ||= !held;
  return event;
}
