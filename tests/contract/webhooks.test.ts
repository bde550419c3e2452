import { verifyWebhook } from "@ai-city/sdk";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { newId } from "#server/kernel/ids.ts";
import { attemptDelivery } from "#server/webhooks/attempt-delivery.ts";
import { startTestCity, type TestAgent, type TestCity } from "#tests/support/city.ts";
import { answer, type Received, webhookReceiver } from "#tests/support/webhook-receiver.ts";

let city: TestCity;
beforeAll(async () => {
  city = await startTestCity();
});
afterAll(() => city?.stop());

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const SOON = { timeout: 15_000, interval: 50 };

async function sellerWithWebhook(events?: ("task_assigned" | "task_completed")[]) {
  const owner = await city.owner("Seller");
  const agent = await owner.agent({ capabilities: [{ category: "testing", tags: [] }], maxConcurrentTasks: 5 });
  const receiver = await webhookReceiver();
  const { secret = "" } = await agent.client.agents.registerWebhook({ url: receiver.url, ...(events && { events }) });
  return { owner, agent, receiver, secret };
}

/** Hires the agent directly; its webhook hears `task_assigned`. */
async function hire(agent: TestAgent) {
  const buyer = await city.owner("Buyer");
  const task = await buyer.client.tasks.submit({
    taskType: "testing",
    maxBudget: 900,
    input: { description: "Write tests.", code: "the secret code" },
    agentId: agent.id,
  });
  await city.idle();
  return { buyer, task };
}

async function deliveries(agent: TestAgent) {
  return (await agent.client.agents.listDeliveries()).data;
}

/** Checks when the agent's only delivery comes next, as counted from its last attempt, and waits for that. */
async function awaitRetry(agent: TestAgent, wait: number) {
  const [delivery] = (await deliveries(agent)) as unknown as { nextAt: string; log: { at: string }[] }[];
  const planned = Date.parse(delivery?.nextAt ?? "") - Date.parse(delivery?.log[0]?.at ?? "");
  expect(planned).toBeGreaterThanOrEqual(wait);
  expect(planned).toBeLessThanOrEqual(wait * 1.2);
  await city.advance(planned);
}

const verified = (secret: string, { body, headers }: Received) => new Webhook(secret).verify(body, headers);
const idsOf = (received: Received[]) => received.map(({ headers }) => headers["webhook-id"]);

test("a delivery is signed as Standard Webhooks says, with the receiver's own redacted view", async () => {
  const { agent, receiver, secret } = await sellerWithWebhook();
  const { task } = await hire(agent);
  const [received] = receiver.received;
  if (!received) throw new Error("Nothing was delivered.");
  expect(verified(secret, received)).toMatchObject({
    type: "task_assigned",
    data: { id: task.id, status: "routing", input: { redacted: true } },
  });
  expect(await verifyWebhook(received.body, received.headers, secret)).toMatchObject({ type: "task_assigned" });
  expect(() => verified(secret, { ...received, body: `${received.body} ` })).toThrow();
  const other = `whsec_${Buffer.alloc(32).toString("base64")}`;
  expect(() => verified(other, received)).toThrow();
  for (const hidden of ["the secret code", "maxBudget", "900"]) expect(received.body).not.toContain(hidden);
});

test("an attempt that fails is repeated after 5 s and 5 min with the same id and body, and a success clears the count", async () => {
  const { agent, receiver } = await sellerWithWebhook(["task_assigned"]);
  receiver.reply = answer(500, {}, "x".repeat(2_000));
  await hire(agent);
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
  const { log } = delivery as unknown as { log: { status: number; body: string }[] };
  expect(log.map(({ status }) => status)).toEqual([204, 500, 500]);
  expect(log[1]?.body).toHaveLength(500);
  expect(await agent.client.agents.getWebhook()).toMatchObject({ failCount: 0 });
});

test("ten failed attempts in a row switch the webhook off, drop what is pending and tell the owner", async () => {
  const { owner, agent, receiver } = await sellerWithWebhook(["task_assigned"]);
  receiver.reply = answer(503, { "retry-after": "3600" });
  await hire(agent);
  await hire(agent);
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
});

test("a delivery that nobody takes is given up after its tenth attempt, 75 hours later", async () => {
  const { agent, receiver } = await sellerWithWebhook(["task_assigned"]);
  receiver.reply = answer(500);
  await hire(agent);
  const hours = [2, 5, 10, 14, 20, 24].map((hour) => hour * HOUR);
  for (const [index, wait] of [5 * SECOND, 5 * MINUTE, 30 * MINUTE, ...hours].entries()) {
    expect(receiver.received).toHaveLength(index + 1);
    await awaitRetry(agent, wait);
  }
  expect(receiver.received).toHaveLength(10);
  expect((await deliveries(agent))[0]).toMatchObject({ status: "exhausted", attempts: 10 });
});

test("410 switches the webhook off at once", async () => {
  const { agent, receiver } = await sellerWithWebhook();
  receiver.reply = answer(410);
  await hire(agent);
  expect(await agent.client.agents.getWebhook()).toMatchObject({ enabled: false, failCount: 1 });
  expect((await deliveries(agent))[0]).toMatchObject({ status: "dropped", lastStatus: 410 });
});

test("Retry-After is waited for, and a redirect is a failure that is not followed", async () => {
  const { agent, receiver } = await sellerWithWebhook(["task_assigned"]);
  receiver.reply = answer(503, { "retry-after": "3600" });
  await hire(agent);
  const elsewhere = await webhookReceiver();
  receiver.reply = answer(302, { location: elsewhere.url });
  await city.advance(59 * MINUTE);
  expect(receiver.received).toHaveLength(1);
  await city.advance(2 * MINUTE);
  expect(receiver.received).toHaveLength(2);
  expect((await deliveries(agent))[0]).toMatchObject({ status: "pending", attempts: 2, lastStatus: 302 });
  expect(elsewhere.received).toHaveLength(0);
});

test("after a rotation both secrets sign for a day, then the new one alone", async () => {
  const { agent, receiver, secret } = await sellerWithWebhook(["task_assigned"]);
  const rotated = await agent.client.agents.rotateWebhookSecret();
  expect(rotated.secret).not.toBe(secret);
  await hire(agent);
  await city.advance(25 * HOUR);
  await hire(agent);
  const [during, after] = receiver.received;
  if (!during || !after) throw new Error("Two deliveries were due.");
  for (const either of [secret, rotated.secret])
    expect(verified(either, during)).toMatchObject({ type: "task_assigned" });
  expect(verified(rotated.secret, after)).toMatchObject({ type: "task_assigned" });
  expect(() => verified(secret, after)).toThrow();
  expect(await agent.client.agents.getWebhook()).toMatchObject({ secretPrefix: rotated.secret.slice(0, 12) });
});

test("a delivery can be sent again under the same id, by its own agent only", async () => {
  const { agent, receiver } = await sellerWithWebhook(["task_assigned"]);
  await hire(agent);
  const [delivery] = await deliveries(agent);
  await agent.client.agents.redeliver(delivery?.id ?? "");
  await city.idle();
  expect(idsOf(receiver.received)).toEqual([delivery?.id, delivery?.id]);
  const { agent: other } = await sellerWithWebhook();
  await expect(other.client.agents.redeliver(delivery?.id ?? "")).rejects.toMatchObject({ code: "DELIVERY_NOT_FOUND" });
  expect(await deliveries(other)).toEqual([]);
});

test("a test ping tells what came back: 404 without a webhook, 0 when nobody answers", async () => {
  const owner = await city.owner();
  const agent = await owner.agent();
  const { agents } = agent.client;
  await expect(agents.testWebhook()).rejects.toMatchObject({ code: "WEBHOOK_NOT_FOUND", status: 404 });
  const receiver = await webhookReceiver();
  const { secret = "" } = await agents.registerWebhook(receiver.url);
  receiver.reply = answer(418, {}, "teapot ".repeat(200));
  const result = await agents.testWebhook();
  expect(result).toMatchObject({ success: false, status: 418 });
  expect(result.body).toHaveLength(500);
  receiver.reply = answer(200, {}, "fine");
  expect(await agents.testWebhook()).toEqual({ success: true, status: 200, body: "fine" });
  const [ping] = receiver.received;
  expect(ping && verified(secret, ping)).toMatchObject({ type: "ping" });
  await agents.registerWebhook("http://127.0.0.1:1/nobody");
  expect(await agents.testWebhook()).toEqual({ success: false, status: 0, body: "" });
  expect((await deliveries(agent)).map(({ type, status }) => [type, status])).toEqual([
    ["ping", "exhausted"],
    ["ping", "delivered"],
    ["ping", "exhausted"],
  ]);
});

test("a removed webhook gets nothing more, and the next registration has a secret of its own", async () => {
  const { agent, receiver, secret } = await sellerWithWebhook();
  receiver.reply = answer(500);
  await hire(agent);
  expect(await agent.client.agents.removeWebhook()).toEqual({ removed: true });
  expect(await agent.client.agents.getWebhook()).toBeNull();
  await city.advance(10 * SECOND);
  expect(receiver.received).toHaveLength(1);
  const again = await agent.client.agents.registerWebhook(receiver.url);
  expect(again.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  expect(again.secret).not.toBe(secret);
});

test("only the events that were asked for are sent, and only complete public or local addresses are taken", async () => {
  const { agent, receiver } = await sellerWithWebhook(["task_completed"]);
  await hire(agent);
  expect(receiver.received).toHaveLength(0);
  for (const url of [
    "http://10.0.0.1/x",
    "https://169.254.169.254/",
    "https://user@example.org/",
    "ftp://example.org",
    "x",
  ]) {
    await expect(agent.client.agents.registerWebhook(url)).rejects.toMatchObject({ code: "VALIDATION_ERROR" });
  }
  const unknown = { url: receiver.url, events: ["no_such_event"] };
  const refused = await city.call("PUT", "/agents/me/webhook", { key: agent.key, body: unknown });
  expect(refused.status).toBe(400);
  expect(await agent.client.agents.registerWebhook("https://your-server.com/webhooks/city")).toMatchObject({
    enabled: true,
  });
});

test("several runs of one delivery make one attempt between them", async () => {
  const { agent, receiver } = await sellerWithWebhook(["task_assigned"]);
  receiver.reply = answer(503, { "retry-after": "3600" });
  await hire(agent);
  const [delivery] = await deliveries(agent);
  const deliveryId = delivery?.id ?? "";
  await city.database.pool.query("update webhook_delivery set next_at = city_now() where id = $1", [deliveryId]);
  const runs = Array.from({ length: 6 }, () => attemptDelivery(city.ctx(), { deliveryId, look: 0 }));
  expect((await Promise.all(runs)).map(({ state }) => state)).toEqual(Array(6).fill("waiting"));
  expect(receiver.received).toHaveLength(2);
});

test("an agent that never polls is found by its webhook and does the work from it", async () => {
  const owner = await city.owner("Seller");
  const agent = await owner.agent({ capabilities: [{ category: "design", tags: [] }] });
  const receiver = await webhookReceiver();
  const { secret: webhookSecret = "" } = await agent.client.agents.registerWebhook(receiver.url);
  const done = Promise.withResolvers<void>();
  const runner = agent.client.agents.serve({
    poll: false,
    webhookSecret,
    onTask: (task) => `# ${task.input.description}\n\nA plan of the page: a header, a list, a footer.`,
    onEvent: ({ type }) => type === "completed" && done.resolve(),
  });
  receiver.reply = (_request, response) => {
    const { body, headers } = receiver.received.at(-1) as Received;
    void runner.handleWebhook(body, headers).then(() => response.writeHead(204).end());
  };
  // Longer ago than a poll counts for presence.
  await city.advance(5 * MINUTE);
  const buyer = await city.owner("Buyer");
  const input = { description: "Plan a page." };
  const task = await buyer.client.tasks.submit({ taskType: "design", maxBudget: 900, input });
  await city.idle();
  await done.promise;
  await city.idle();
  await runner.stop();
  expect(await buyer.client.tasks.get(task.id)).toMatchObject({ agentId: agent.id, startedAt: expect.any(String) });
  expect(receiver.received.map(({ event }) => event.type)[0]).toBe("task_assigned");
});

test("a delivery whose run was lost is found and sent; after thirty days it is forgotten", async () => {
  const { agent, receiver } = await sellerWithWebhook();
  const id = newId();
  const body = JSON.stringify({ type: "task_failed", timestamp: new Date().toISOString(), data: {} });
  await city.database.pool.query(
    `insert into webhook_delivery (id, agent_id, type, body, next_at, created_at)
     values ($1, $2, 'task_failed', $3, city_now(), city_now())`,
    [id, agent.id, body],
  );
  await city.advance(16 * MINUTE);
  await vi.waitFor(() => expect(idsOf(receiver.received)).toEqual([id]), SOON);
  await vi.waitFor(async () => expect(await deliveries(agent)).toMatchObject([{ id, status: "delivered" }]), SOON);
  await city.advance(31 * 24 * HOUR);
  await vi.waitFor(async () => expect(await deliveries(agent)).toEqual([]), SOON);
});
