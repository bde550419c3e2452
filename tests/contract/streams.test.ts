import type { TaskEvent } from "@ai-city/sdk";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCity, type TestAgent, type TestCity } from "#tests/support/city.ts";
import { begin, hire } from "#tests/support/hire.ts";
import { until } from "#tests/support/until.ts";
import { REVIEW, REVIEW_TASK } from "#tests/support/work.ts";

let city: TestCity;
beforeAll(async () => {
  city = await startTestCity({ settings: { limits: { streamsPerOwner: 3 } } });
});
afterAll(() => city?.stop());

async function seller(category: "code_review" | "security" = "code_review") {
  const owner = await city.owner("Seller");
  const agent = await owner.agent({ capabilities: [{ category, tags: [] }] });
  await agent.client.tasks.listSubmitted();
  return { owner, agent };
}

async function work(agent: TestAgent, taskId: string) {
  await begin(agent, taskId);
  await agent.client.tasks.complete(taskId, { output: { result: REVIEW } });
  await city.idle();
}

async function collect(stream: AsyncIterable<TaskEvent>): Promise<TaskEvent[]> {
  const events: TaskEvent[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

function open(taskId: string, token: string, headers: Record<string, string> = {}) {
  const abort = new AbortController();
  return fetch(`${city.url}/api/v1/tasks/${taskId}/events`, {
    headers: { authorization: `Bearer ${token}`, ...headers },
    signal: abort.signal,
  }).then((response) => ({ response, abort: () => abort.abort() }));
}

const listening = async () => {
  const { rows } = await city.database.pool.query<{ pid: number }>(
    "select pid from pg_stat_activity where application_name = 'ai-city live events' and datname = current_database()",
  );
  return rows.map((row) => row.pid);
};

test("the buyer's live stream has every event once, in order, and ends with the final one", async () => {
  const { agent } = await seller();
  const { buyer, id } = await hire(city, agent);
  const live = collect(buyer.client.tasks.stream(id));
  await work(agent, id);
  const events = await live;
  expect(events.map((event) => event.type)).toEqual([
    "submitted",
    "offered",
    "sandbox_provisioning",
    "sandbox_ready",
    "executing",
    "quality_check",
    "completed",
  ]);
  expect(events.flatMap(({ status }) => status ?? [])).toEqual([
    "submitted",
    "routing",
    "executing",
    "quality_check",
    "completed",
  ]);
  const ids = events.map((event) => Number(event.id));
  expect(ids).toEqual([...ids].sort((a, b) => a - b));
});

test("a stream goes on after Last-Event-ID, and a final task with nothing new answers 204", async () => {
  const { agent } = await seller();
  const { buyer, id } = await hire(city, agent);
  await work(agent, id);
  const all = await collect(buyer.client.tasks.stream(id));
  const third = all[2]?.id ?? "";
  const rest = await collect(buyer.client.tasks.stream(id, { lastEventId: third }));
  expect(rest.map((event) => event.id)).toEqual(all.slice(3).map((event) => event.id));

  const { response } = await open(id, buyer.token, { "last-event-id": all.at(-1)?.id ?? "" });
  expect(response.status).toBe(204);
  await buyer.client.tasks.giveFeedback(id, "down");
  const later = await open(id, buyer.token, { "last-event-id": all.at(-1)?.id ?? "" });
  expect(later.response.headers.get("content-type")).toContain("text/event-stream");
  expect(await later.response.text()).toMatch(
    /^retry: \d+\n\nid: \d+\nevent: refunded\ndata: \{.*"status":"refunded".*\}\n\n$/,
  );
});

test("a seller sees its own offer's part of the story, without reason, commit or other offers", async () => {
  const { agent: first } = await seller("security");
  const { agent: second } = await seller("security");
  const buyer = await city.owner("Buyer");
  const task = await buyer.client.tasks.submit({ ...REVIEW_TASK, taskType: "security" });
  await city.idle();
  const chosen = (await buyer.client.tasks.get(task.id)).agentId;
  const others = [first, second].filter((agent) => agent.id !== chosen);
  const asked = [first, second].find((agent) => agent.id === chosen);
  if (!asked || !others[0]) throw new Error("The task was offered to a stranger.");
  const losing = asked.client.tasks.stream(task.id);
  expect((await losing.next()).value).toMatchObject({ type: "offered" });
  await asked.client.tasks.decline(task.id, { reason: "busy" });
  expect((await collect(losing)).map((event) => event.type)).toEqual(["offer_ended"]);

  await city.idle();
  const next = await buyer.client.tasks.get(task.id);
  expect(next.agentId).toBe(others[0].id);
  await work(others[0], task.id);
  const seen = await collect(others[0].client.tasks.stream(task.id));
  expect(seen[0]).toMatchObject({ type: "offered", data: { agentId: others[0].id } });
  expect(seen.at(-1)?.type).toBe("completed");
  const text = JSON.stringify(seen);
  for (const secret of [asked.id, "reason", "commit", "1500", "offer_ended"]) expect(text).not.toContain(secret);

  const story = await collect(buyer.client.tasks.stream(task.id));
  expect(story.filter((event) => event.type === "offered")).toHaveLength(2);
});

test("a stranger and a sibling agent get the same 404 as for no task at all", async () => {
  const { agent } = await seller();
  const { buyer, id } = await hire(city, agent);
  const stranger = await city.owner("Stranger");
  const sibling = await buyer.agent();
  for (const headers of [{ token: stranger.token }, { key: sibling.key }]) {
    const answer = await city.call("GET", `/tasks/${id}/events`, headers);
    expect(answer).toMatchObject({ status: 404, body: { error: { code: "TASK_NOT_FOUND" } } });
  }
  expect((await city.call("GET", `/tasks/${id}/events`)).status).toBe(401);
  const wrong = await city.call("GET", `/tasks/${id}/events`, {
    token: buyer.token,
    headers: { "last-event-id": "x" },
  });
  expect(wrong).toMatchObject({ status: 400, body: { error: { code: "VALIDATION_ERROR" } } });
  await buyer.client.tasks.cancel(id);
});

test("streams of one owner are capped, and a place is free again when a client goes away", async () => {
  const { agent } = await seller();
  const { buyer, id } = await hire(city, agent);
  const streams = await Promise.all([1, 2, 3].map(() => open(id, buyer.token)));
  expect(streams.map(({ response }) => response.status)).toEqual([200, 200, 200]);
  const refused = await open(id, buyer.token);
  expect(refused.response.status).toBe(429);
  expect(refused.response.headers.get("retry-after")).toBe("5");
  // A limit without a window is no policy to announce: the headers go on about the owner's calls.
  expect(refused.response.headers.get("ratelimit-policy")).toMatch(/^"owner";/);
  streams[0]?.abort();
  await until("a place is free", async () => {
    const again = await open(id, buyer.token);
    again.abort();
    return again.response.status === 200;
  });
  for (const stream of streams) stream.abort();
  await buyer.client.tasks.cancel(id);
});

test("all streams share one connection, and one that is lost is made anew without missing an event", async () => {
  const { agent } = await seller();
  const { buyer, id } = await hire(city, agent);
  const live = collect(buyer.client.tasks.stream(id));
  const [pid] = await listening();
  expect(await listening()).toHaveLength(1);
  await city.database.pool.query("select pg_terminate_backend($1)", [pid]);
  await work(agent, id);
  const events = await live;
  expect(events.at(-1)?.type).toBe("completed");
  expect(new Set(events.map((event) => event.id)).size).toBe(7);
  await until(
    "one connection listens again",
    async () => (await listening()).length === 1 && (await listening())[0] !== pid,
  );
});

test("a stream tells nothing more to an agent that was deactivated", async () => {
  const { agent } = await seller();
  const owner = await city.owner("Buyer");
  const buyer = await owner.agent();
  const task = await buyer.client.tasks.submit({ ...REVIEW_TASK, agentId: agent.id });
  await city.idle();
  const answer = await fetch(`${city.url}/api/v1/tasks/${task.id}/events`, { headers: { "x-api-key": buyer.key } });
  await owner.client.agents.deactivate(buyer.id);
  await agent.client.tasks.provisionSandbox(task.id);
  const text = await answer.text();
  expect(text).toContain("event: offered");
  expect(text).not.toContain("sandbox");
  await owner.client.tasks.cancel(task.id);
});
