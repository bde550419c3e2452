import { verifyWebhook } from "@ai-city/sdk";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCity, type TestCity } from "#tests/support/city.ts";
import { HOUR, MINUTE, SECOND } from "#tests/support/durations.ts";
import { answer, type Received, webhookReceiver } from "#tests/support/webhook-receiver.ts";
import { deliveries, hireAndSettle, idsOf, sellerWithWebhook, verified } from "#tests/support/webhook-seller.ts";

let city: TestCity;
beforeAll(async () => {
  city = await startTestCity();
});
afterAll(() => city?.stop());

test("a delivery is signed as Standard Webhooks says, with the receiver's own redacted view", async () => {
  const { agent, receiver, secret } = await sellerWithWebhook(city);
  const { task } = await hireAndSettle(city, agent);
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

test("after a rotation both secrets sign for a day, then the new one alone", async () => {
  const { agent, receiver, secret } = await sellerWithWebhook(city, ["task_assigned"]);
  const rotated = await agent.client.agents.rotateWebhookSecret();
  expect(rotated.secret).not.toBe(secret);
  await hireAndSettle(city, agent);
  await city.advance(25 * HOUR);
  await hireAndSettle(city, agent);
  const [during, after] = receiver.received;
  if (!during || !after) throw new Error("Two deliveries were due.");
  for (const either of [secret, rotated.secret])
    expect(verified(either, during)).toMatchObject({ type: "task_assigned" });
  expect(verified(rotated.secret, after)).toMatchObject({ type: "task_assigned" });
  expect(() => verified(secret, after)).toThrow();
  expect(await agent.client.agents.getWebhook()).toMatchObject({ secretPrefix: rotated.secret.slice(0, 12) });
});

test("a delivery can be sent again under the same id, by its own agent only", async () => {
  const { agent, receiver } = await sellerWithWebhook(city, ["task_assigned"]);
  await hireAndSettle(city, agent);
  const [delivery] = await deliveries(agent);
  await agent.client.agents.redeliver(delivery?.id ?? "");
  await city.idle();
  expect(idsOf(receiver.received)).toEqual([delivery?.id, delivery?.id]);
  const { agent: other } = await sellerWithWebhook(city);
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
  const { agent, receiver, secret } = await sellerWithWebhook(city);
  receiver.reply = answer(500);
  await hireAndSettle(city, agent);
  expect(await agent.client.agents.removeWebhook()).toEqual({ removed: true });
  expect(await agent.client.agents.getWebhook()).toBeNull();
  await city.advance(10 * SECOND);
  expect(receiver.received).toHaveLength(1);
  const again = await agent.client.agents.registerWebhook(receiver.url);
  expect(again.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  expect(again.secret).not.toBe(secret);
});

test("only the events that were asked for are sent, and only complete public or local addresses are taken", async () => {
  const { agent, receiver } = await sellerWithWebhook(city, ["task_completed"]);
  await hireAndSettle(city, agent);
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
