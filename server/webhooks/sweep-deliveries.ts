import { type Ctx, emit, inTransaction } from "../context.ts";

/** Time that a delivery's own run is given before the sweeper steps in. */
const GRACE_MINUTES = 5;
const BATCH = 500;
/** Forgotten in one transaction; and how many of those at a time. Ten minutes of any city are fewer. */
const FORGET_BATCH = 2_000;
const ROUNDS = 50;

/**
 * The net under the deliveries' own runs: one that is overdue is handed to the queue again. Also forgets what is older
 * than is kept.
 */
export async function sweepDeliveries(ctx: Ctx): Promise<{ requeued: number; forgotten: number }> {
  const overdue = await ctx.db.$queryRaw<{ id: string }[]>`
    select id from webhook_delivery
    where status = 'pending' and next_at < city_now() - make_interval(mins => ${GRACE_MINUTES})
    order by next_at limit ${BATCH}`;
  for (const { id } of overdue) {
    ctx.log.warn({ deliveryId: id }, "a webhook delivery was overdue; its run did not act");
    await emit(ctx, "webhook/queued", { deliveryId: id });
  }
  return { requeued: overdue.length, forgotten: await forget(ctx) };
}

async function forget(ctx: Ctx): Promise<number> {
  let forgotten = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const removed = await forgetBatch(ctx);
    forgotten += removed;
    if (removed < FORGET_BATCH) break;
  }
  return forgotten;
}

function forgetBatch(ctx: Ctx): Promise<number> {
  return inTransaction(ctx, async (tx) => {
    const old = await tx.db.$queryRaw<{ id: string }[]>`
      select id from webhook_delivery
      where created_at < city_now() - make_interval(days => ${ctx.settings.retention.deliveryDays}) and status <> 'pending'
      limit ${FORGET_BATCH}`;
    const ids = old.map((row) => row.id);
    await tx.db.deliveryAttempt.deleteMany({ where: { deliveryId: { in: ids } } });
    return (await tx.db.webhookDelivery.deleteMany({ where: { id: { in: ids } } })).count;
  });
}
