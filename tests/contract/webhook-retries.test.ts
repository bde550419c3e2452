import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { newId } from "#server/kernel/ids.ts";
import { attemptDelivery } from "#server/webhooks/attempt-delivery.ts";
import { sweepDeliveries } from "#server/webhooks/sweep-deliveries.ts";
import { startTestCity, type TestAgent, type TestCity } from "#tests/support/city.ts";
import { HOUR, MINUTE, SECOND } from "#tests/support/durations.ts";
import { answer, PATIENT, webhookReceiver } from "#tests/support/webhook-receiver.ts";
import { deliveries, hireAndSettle, idsOf, sellerWithWebhook, submitTo } from "#tests/support/webhook-seller.ts";

let city: TestCity;
beforeAll(async () => {
  city = await startTestCity();
});
afterAll(() => city?.stop());

/** Moving the clock by days, the city does all that falls due meanwhile: seconds, more on a machine that is shared. */
const DAYS_PASS = 90_000;

/** Checks when the agent's only delivery comes next, as counted from its last attempt, and waits for that. */
async function awaitRetry(agent: TestAgent, wait: number) {
  const [delivery] = await deliveries(agent);
  const planned = Date.parse(delivery?.nextAt ?? "") - Date.parse(delivery?.log[0]?.at ?? "");
  expect(planned).toBeGreaterThanOrEqual(wait);
  expect(planned).toBeLessThanOrEqual(wait * 1.2);
  await city.advance(planned);
}

test("an attempt that fails is repeated after 5 s and 5 min with the same id and body, and a success clears the count", async () => {
  const { agent, receiver } = await sellerWithWebhook(city, ["task_assigned"]);
  receiver.reply = answer(500, {}, "x".repeat(2_000));
  await hireAndSettle(city, agent);
  expect(receiver.received).toHaveLength(1);
  await awaitRetry(agent, 5 * SECOND);
  expect(receiver.received).toHaveLength(2);
  expect(await agent.client.agents.getWebhook()).toMatchObject({ failCount: 2, enabled: true });
  receiver.reply = answer(204);
  await awaitRetry(agent, 5 * MINUTE);
  const [first, ...again] = receiver.received;
  expect(again.map(({ body, headers }) => [headers["webhook-id"], body])).toEqual(
    Array(2).fill([first?.headers["webhook-id"], first?.body]),
  );
  const [delivery] = await deliveries(agent);
  expect(delivery).toMatchObject({ status: "delivered", attempts: 3, lastStatus: 204, nextAt: null });
  expect(delivery?.id).toBe(first?.headers["webhook-id"]);
  const { log = [] } = delivery ?? {};
  expect(log.map(({ status }) => status)).toEqual([204, 500, 500]);
  expect(log[1]?.body).toHaveLength(500);
  expect(await agent.client.agents.getWebhook()).toMatchObject({ failCount: 0 });
});

test(
  "ten failed attempts in a row switch the webhook off, drop what is pending and tell the owner",
  async () => {
    const { owner, agent, receiver } = await sellerWithWebhook(city, ["task_assigned"]);
    receiver.reply = answer(503, { "retry-after": "3600" });
    await hireAndSettle(city, agent);
    await hireAndSettle(city, agent);
    const [pending] = await deliveries(agent);
    for (let failed = 2; failed < 10; failed++) {
      expect(await agent.client.agents.getWebhook()).toMatchObject({ enabled: true, failCount: failed });
      await agent.client.agents.redeliver(pending?.id ?? "");
      await city.idle();
    }
    expect(receiver.received).toHaveLength(10);
    expect(await agent.client.agents.getWebhook()).toMatchObject({ enabled: false, failCount: 10 });
    await city.advance(100 * HOUR);
    expect(receiver.received).toHaveLength(10);
    expect((await deliveries(agent)).map(({ status }) => status)).toEqual(["dropped", "dropped"]);
    const mails = await city
      .ctx()
      .db.mail.findMany({ where: { to: owner.email, subject: "A webhook was switched off" } });
    expect(mails).toHaveLength(1);

    receiver.reply = answer(200);
    const [dropped] = await deliveries(agent);
    const redeliver = () => agent.client.agents.redeliver(dropped?.id ?? "");
    await expect(redeliver()).rejects.toMatchObject({ code: "INVALID_STATE" });
    const again = await agent.client.agents.registerWebhook(receiver.url);
    expect(again).toMatchObject({ enabled: true });
    expect(again.secret).toBeUndefined();
    expect(await agent.client.agents.getWebhook()).toMatchObject({ enabled: true, failCount: 0 });
    await redeliver();
    await city.idle();
    expect(idsOf(receiver.received.slice(10))).toEqual([dropped?.id]);
  },
  DAYS_PASS,
);

test("a delivery that nobody takes is given up after its tenth attempt, 75 hours later", async () => {
  const { agent, receiver } = await sellerWithWebhook(city, ["task_assigned"]);
  receiver.reply = answer(500);
  await hireAndSettle(city, agent);
  const hours = [2, 5, 10, 14, 20, 24].map((hour) => hour * HOUR);
  for (const [index, wait] of [5 * SECOND, 5 * MINUTE, 30 * MINUTE, ...hours].entries()) {
    expect(receiver.received).toHaveLength(index + 1);
    await awaitRetry(agent, wait);
  }
  expect(receiver.received).toHaveLength(10);
  expect((await deliveries(agent))[0]).toMatchObject({ status: "exhausted", attempts: 10 });
});

test("410 switches the webhook off at once", async () => {
  const { agent, receiver } = await sellerWithWebhook(city);
  receiver.reply = answer(410);
  await hireAndSettle(city, agent);
  expect(await agent.client.agents.getWebhook()).toMatchObject({ enabled: false, failCount: 1 });
  expect((await deliveries(agent))[0]).toMatchObject({ status: "dropped", lastStatus: 410 });
});

test("the answer of an address that was replaced meanwhile says nothing about the new one", async () => {
  const { agent, receiver } = await sellerWithWebhook(city, ["task_assigned"]);
  const held: (() => void)[] = [];
  receiver.reply = (_, response) => void held.push(() => response.writeHead(410).end());
  await submitTo(city, agent);
  await vi.waitFor(() => expect(held).toHaveLength(1), PATIENT);
  const moved = await webhookReceiver();
  await agent.client.agents.registerWebhook({ url: moved.url, events: ["task_assigned"] });
  held[0]?.();
  await city.idle();
  expect(await agent.client.agents.getWebhook()).toMatchObject({ url: moved.url, enabled: true, failCount: 0 });
  await awaitRetry(agent, 5 * SECOND);
  expect(idsOf(moved.received)).toEqual(idsOf(receiver.received));
});

test("Retry-After is waited for, and a redirect is a failure that is not followed", async () => {
  const { agent, receiver } = await sellerWithWebhook(city, ["task_assigned"]);
  receiver.reply = answer(503, { "retry-after": "3600" });
  await hireAndSettle(city, agent);
  const elsewhere = await webhookReceiver();
  receiver.reply = answer(302, { location: elsewhere.url });
  await city.advance(59 * MINUTE);
  expect(receiver.received).toHaveLength(1);
  await city.advance(2 * MINUTE);
  expect(receiver.received).toHaveLength(2);
  expect((await deliveries(agent))[0]).toMatchObject({ status: "pending", attempts: 2, lastStatus: 302 });
  expect(elsewhere.received).toHaveLength(0);
});

test("several runs of one delivery make one attempt between them", async () => {
  const { agent, receiver } = await sellerWithWebhook(city, ["task_assigned"]);
  receiver.reply = answer(503, { "retry-after": "3600" });
  await hireAndSettle(city, agent);
  const [delivery] = await deliveries(agent);
  const deliveryId = delivery?.id ?? "";
  await city.database.pool.query("update webhook_delivery set next_at = city_now() where id = $1", [deliveryId]);
  const runs = Array.from({ length: 6 }, () => attemptDelivery(city.ctx(), { deliveryId, look: 0 }));
  expect((await Promise.all(runs)).map(({ state }) => state)).toEqual(Array(6).fill("waiting"));
  expect(receiver.received).toHaveLength(2);
});

test("one sweep forgets whatever is old, however much came on one day", async () => {
  const { agent } = await sellerWithWebhook(city);
  await city.database.pool.query(
    `insert into webhook_delivery (id, agent_id, type, body, status, next_at, created_at)
     select 'old' || n, $1, 'task_failed', '{}', 'delivered', city_now(), city_now() - interval '31 days'
     from generate_series(1, 4500) n`,
    [agent.id],
  );
  expect((await sweepDeliveries(city.ctx())).forgotten).toBe(4_500);
  expect(await deliveries(agent)).toEqual([]);
});

test("a delivery whose run was lost is found and sent; after thirty days it is forgotten", async () => {
  const { agent, receiver } = await sellerWithWebhook(city);
  const id = newId();
  const body = JSON.stringify({ type: "task_failed", timestamp: new Date().toISOString(), data: {} });
  await city.database.pool.query(
    `insert into webhook_delivery (id, agent_id, type, body, next_at, created_at)
     values ($1, $2, 'task_failed', $3, city_now(), city_now())`,
    [id, agent.id, body],
  );
  await city.advance(16 * MINUTE);
  expect(idsOf(receiver.received)).toEqual([id]);
  expect(await deliveries(agent)).toMatchObject([{ id, status: "delivered" }]);
  await city.advance(31 * 24 * HOUR);
  expect(await deliveries(agent)).toEqual([]);
});
