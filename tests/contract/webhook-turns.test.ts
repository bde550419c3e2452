/** Whose delivery comes next when there are more than are sent at a time. */
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { newId } from "#server/kernel/ids.ts";
import { startTestCity, type TestAgent, type TestCity } from "#tests/support/city.ts";
import { answer, PATIENT } from "#tests/support/webhook-receiver.ts";
import { deliveries, hireAndSettle, sellerWithWebhook, submitTo } from "#tests/support/webhook-seller.ts";

let city: TestCity;
beforeAll(async () => {
  city = await startTestCity();
});
afterAll(() => city?.stop());

/** Receivers that answer when they are told to; `held` has one entry for each attempt under way. */
async function slowSellers(count: number) {
  const held: (() => void)[] = [];
  const sellers = await Promise.all(Array.from({ length: count }, () => sellerWithWebhook(city, ["task_assigned"])));
  for (const { receiver } of sellers)
    receiver.reply = (_, response) => void held.push(() => response.headersSent || response.writeHead(204).end());
  const letGo = async () => {
    for (const { receiver } of sellers) receiver.reply = answer(204);
    for (const release of held) release();
    await city.idle();
  };
  return { sellers, held, letGo };
}

/** Deliveries that are due, without runs of their own. */
async function addDue(agent: TestAgent, count: number, minutesAgo: number) {
  await city.database.pool.query(
    `insert into webhook_delivery (id, agent_id, type, body, next_at, created_at)
     select $1 || n, $2, 'task_failed', '{}', city_now() - make_interval(mins => $4),
       city_now() - make_interval(mins => $4)
     from generate_series(1, $3::int) n`,
    [newId(), agent.id, count, minutesAgo],
  );
}

test("deliveries that found all places taken are sent as soon as one is free, not at their next look", async () => {
  const { sellers, held, letGo } = await slowSellers(6);
  const waiting = async () => {
    const { rows } = await city.database.pool.query<{ runs: number }>(
      `select count(*)::int as runs from engine.step s join engine.run r on r.id = s.run_id
       join webhook_delivery d on d.id = r.event -> 'data' ->> 'deliveryId'
       where s.state = 'waiting' and d.agent_id = any($1)`,
      [sellers.map(({ agent }) => agent.id)],
    );
    return rows[0]?.runs;
  };
  for (const { agent } of sellers) await submitTo(city, agent);
  await vi.waitFor(async () => {
    expect(held).toHaveLength(4);
    expect(await waiting()).toBe(2);
  }, PATIENT);
  await letGo();
  expect(sellers.map(({ receiver }) => receiver.received.length)).toEqual(Array(6).fill(1));
});

test("receivers that do not answer hold one place each, however much waits for them: others are served", async () => {
  const { sellers, held, letGo } = await slowSellers(3);
  for (const { agent } of [...sellers, ...sellers]) await submitTo(city, agent);
  await vi.waitFor(() => expect(held).toHaveLength(3), PATIENT);
  const { agent, receiver } = await sellerWithWebhook(city, ["task_assigned"]);
  await submitTo(city, agent);
  await vi.waitFor(() => expect(receiver.received).toHaveLength(1), PATIENT);
  expect(held).toHaveLength(3);
  await letGo();
});

test("receivers take turns: a backlog that is older does not put off who has not been served", async () => {
  const { sellers, held, letGo } = await slowSellers(4);
  for (const { agent } of sellers) await submitTo(city, agent);
  await vi.waitFor(() => expect(held).toHaveLength(4), PATIENT);
  for (const { agent } of sellers) await addDue(agent, 25, 4);
  const { agent, receiver } = await sellerWithWebhook(city);
  await addDue(agent, 1, 0);
  held[0]?.();
  await vi.waitFor(() => expect(receiver.received).toHaveLength(1), PATIENT);
  await letGo();
});

test("who registers a webhook anew goes to the end of the line", async () => {
  const waiting = await sellerWithWebhook(city, ["task_assigned"]);
  await hireAndSettle(city, waiting.agent);
  const { sellers, held, letGo } = await slowSellers(5);
  const [greedy, ...others] = sellers;
  for (const { agent } of others) await submitTo(city, agent);
  await vi.waitFor(() => expect(held).toHaveLength(4), PATIENT);
  if (!greedy) throw new Error("no seller");
  await greedy.agent.client.agents.removeWebhook();
  await greedy.agent.client.agents.registerWebhook(greedy.receiver.url);
  await addDue(greedy.agent, 5, 4);
  await addDue(waiting.agent, 1, 0);
  held[0]?.();
  await vi.waitFor(() => expect(waiting.receiver.received).toHaveLength(2), PATIENT);
  await vi.waitFor(() => expect(held).toHaveLength(5), PATIENT);
  await letGo();
});

test("an owner has one place for all agents: others are served while none of them answers", async () => {
  const { sellers, held, letGo } = await slowSellers(1);
  const [slow] = sellers;
  if (!slow) throw new Error("no seller");
  const agents = [slow.agent];
  for (let i = 0; i < 3; i++) {
    const agent = await slow.owner.agent({ capabilities: [{ category: "testing", tags: [] }] });
    await agent.client.agents.registerWebhook({ url: slow.receiver.url, events: ["task_assigned"] });
    agents.push(agent);
  }
  for (const agent of agents) await submitTo(city, agent);
  await vi.waitFor(() => expect(held).toHaveLength(1), PATIENT);
  const { agent, receiver } = await sellerWithWebhook(city, ["task_assigned"]);
  await submitTo(city, agent);
  await vi.waitFor(() => expect(receiver.received).toHaveLength(1), PATIENT);
  expect(held).toHaveLength(1);
  await letGo();
  expect(slow.receiver.received).toHaveLength(4);
});

test("a delivery is not sent again while twenty of the agent's wait: asking fills no queue", async () => {
  const { agent } = await sellerWithWebhook(city, ["task_assigned"]);
  await hireAndSettle(city, agent);
  const [delivered] = await deliveries(agent);
  const again = () => city.call("POST", `/agents/me/webhook/deliveries/${delivered?.id}/redeliver`, { key: agent.key });
  await addDue(agent, 20, 1);
  const refused = await again();
  expect([refused.status, refused.body.error?.code]).toEqual([429, "RATE_LIMITED"]);
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  expect((await deliveries(agent)).find(({ id }) => id === delivered?.id)?.status).toBe("delivered");
  await city.database.pool.query("delete from webhook_delivery where agent_id = $1 and status = 'pending'", [agent.id]);
  expect((await again()).status).toBe(200);
});
