import pg from "pg";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { once } from "#server/rest/idempotency.ts";
import { routes } from "#server/rest/routes.ts";
import { startTestCity, type TestCity, type TestOwner } from "#tests/support/city.ts";
import { dashboardOf } from "#tests/support/dashboard.ts";
import { hireToWork } from "#tests/support/hire.ts";
import { BAD_REVIEW } from "#tests/support/work.ts";

let city: TestCity;
let owner: TestOwner;
beforeAll(async () => {
  city = await startTestCity();
  owner = await city.owner();
});
afterAll(() => city?.stop());

const newKey = () => crypto.randomUUID();
const submission = { taskType: "design", maxBudget: 50, input: { description: "Draw a door." } };
const send = (key: string, path = "/tasks", body: unknown = submission, token = owner.token) =>
  city.call("POST", path, { token, body, headers: { "idempotency-key": key } });
const idOf = (answer: { body: { data?: unknown } }) => (answer.body.data as { id: string }).id;
const held = async (token: string) =>
  ((await city.call("GET", "/vault/pool", { token })).body.data as { held: number }).held;
/** The row of the key that was used last, found without the key: the one written last, however long each is kept. */
const newestRow = async () =>
  (await city.database.pool.query("select * from idempotency_key order by age(xmin) limit 1")).rows[0];

test("the same key and body get the same answer, marked as replayed, and one effect", async () => {
  const buyer = await city.owner();
  const key = newKey();
  const first = await send(key, "/tasks", submission, buyer.token);
  const second = await send(key, "/tasks", submission, buyer.token);
  expect([first.status, first.headers.get("idempotent-replayed")]).toEqual([201, null]);
  expect([second.status, second.headers.get("idempotent-replayed")]).toEqual([201, "true"]);
  expect(second.body).toEqual(first.body);
  expect(await held(buyer.token)).toBe(50);
});

test("two keys have two effects", async () => {
  expect(idOf(await send(newKey()))).not.toBe(idOf(await send(newKey())));
});

test("the same key with another body is 422 and does nothing", async () => {
  const buyer = await city.owner();
  const key = newKey();
  await send(key, "/tasks", submission, buyer.token);
  const { status, body } = await send(key, "/tasks", { ...submission, maxBudget: 60 }, buyer.token);
  expect([status, body.error?.code]).toEqual([422, "IDEMPOTENCY_MISMATCH"]);
  expect(await held(buyer.token)).toBe(50);
});

test("a key belongs to one credential and one route", async () => {
  const key = newKey();
  const other = await city.owner();
  const first = await send(key);
  const theirs = await send(key, "/tasks", submission, other.token);
  expect(theirs.status).toBe(201);
  expect(idOf(theirs)).not.toBe(idOf(first));
  expect((await send(key, "/tasks/quote")).headers.get("idempotent-replayed")).toBeNull();
});

test("sixteen at once with one key make one task and one hold; the others replay it or are told to wait", async () => {
  const buyer = await city.owner();
  const key = newKey();
  const answers = await Promise.all(Array.from({ length: 16 }, () => send(key, "/tasks", submission, buyer.token)));
  const made = answers.filter(({ status }) => status === 201);
  const waiting = answers.filter(({ status }) => status !== 201);
  expect(new Set(made.map(idOf)).size).toBe(1);
  for (const { status, body, headers } of waiting) {
    expect([status, body.error?.code]).toEqual([409, "IDEMPOTENCY_IN_FLIGHT"]);
    expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
  }
  expect(await held(buyer.token)).toBe(50);
});

test("while the first still runs the second is 409, and afterwards gets the first one's answer", async () => {
  const agent = await owner.agent();
  const key = newKey();
  const setBudget = () =>
    city.call("PUT", `/agents/${agent.id}/budget`, {
      token: owner.token,
      body: { daily: 500 },
      headers: { "idempotency-key": key },
    });
  // The first is held up at the agent's row; another connection, so that the city keeps all of its own.
  const blocker = new pg.Client({ connectionString: city.config.databaseUrl ?? "" });
  await blocker.connect();
  try {
    await blocker.query("begin");
    await blocker.query("select 1 from agent where id = $1 for update", [agent.id]);
    const first = setBudget();
    // Of this city alone: the others of this run have the same PostgreSQL.
    const waiting = () =>
      blocker.query(
        "select 1 from pg_locks join pg_stat_activity using (pid) where not granted and datname = current_database()",
      );
    await expect.poll(async () => (await waiting()).rowCount, { timeout: 10_000 }).toBe(1);
    const { status, headers, body } = await setBudget();
    expect([status, body.error?.code]).toEqual([409, "IDEMPOTENCY_IN_FLIGHT"]);
    expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
    await blocker.query("commit");
    expect((await first).status).toBe(200);
    expect((await setBudget()).body).toEqual((await first).body);
  } finally {
    await blocker.end();
  }
});

test("an answer that bears a secret is stored sealed, and only the client's key opens it", async () => {
  const key = newKey();
  const body = { displayName: "Sealed", framework: "custom" };
  const first = await send(key, "/agents", body);
  const { apiKey } = first.body.data as { apiKey: string };
  const row = await newestRow();
  expect(row.sealed).toBe(true);
  expect(JSON.stringify(row)).not.toContain(apiKey.slice(8, 30));
  expect(JSON.stringify(row)).not.toContain(key);
  expect((await send(key, "/agents", body)).body).toEqual(first.body);
});

test("a refusal is not stored: the same key succeeds once the reason is gone", async () => {
  const seller = await (await city.owner()).agent({ capabilities: [{ category: "design", tags: [] }] });
  await seller.client.agents.update({ availability: "offline" });
  const key = newKey();
  const hire = { ...submission, maxBudget: 500, agentId: seller.id };
  expect((await send(key, "/tasks", hire)).status).toBe(409);
  await seller.client.agents.update({ availability: "available" });
  const { status, headers } = await send(key, "/tasks", hire);
  expect([status, headers.get("idempotent-replayed")]).toEqual([201, null]);
});

test("an operation that died half-way is in flight for two minutes, then the same key carries it out", async () => {
  const seller = await (await city.owner()).agent({ capabilities: [{ category: "testing", tags: [] }] });
  const task = await owner.client.tasks.submit({
    taskType: "testing",
    maxBudget: 500,
    input: { description: "Test it.", code: "export const one = 1;\n" },
    agentId: seller.id,
  });
  await city.idle();
  const key = newKey();
  const provision = () =>
    city.call("POST", `/tasks/${task.id}/sandbox/provision`, { key: seller.key, headers: { "idempotency-key": key } });
  const first = await provision();
  expect(first.status).toBe(200);
  // What a process leaves behind that is killed after claiming the key: the claim, and no answer.
  const row = await newestRow();
  await city.database.pool.query(
    "update idempotency_key set status = null, answer = null, locked_until = city_now() + interval '2 minutes' where id = $1",
    [row.id],
  );
  expect((await provision()).body.error?.code).toBe("IDEMPOTENCY_IN_FLIGHT");
  await city.database.pool.query("update idempotency_key set locked_until = city_now() where id = $1", [row.id]);
  const again = await provision();
  expect(again.status).toBe(200);
  expect(again.body).toEqual(first.body);
  expect((await provision()).headers.get("idempotent-replayed")).toBe("true");
});

test.each([
  ["complete", { output: { result: BAD_REVIEW } }, "quality_check"],
  ["appeal", { reason: "Look again." }, "failed"],
])("a seller whose %s got no answer may ask again: it is answered, and done once", async (action, body, status) => {
  const seller = await (await city.owner()).agent({ capabilities: [{ category: "testing", tags: [] }] });
  const input = { description: "Test it.", code: "export const one = 1;\n" };
  const task = { taskType: "testing", maxBudget: 500, input } as const;
  const { id } = await hireToWork(city, seller, { buyer: owner, task });
  if (action === "appeal") {
    await seller.client.tasks.complete(id, { output: { result: BAD_REVIEW } });
    await city.idle();
  }
  const key = newKey();
  const ask = (under: string) =>
    city.call("POST", `/tasks/${id}/${action}`, { key: seller.key, body, headers: { "idempotency-key": under } });
  const first = await ask(key);
  expect([first.status, first.body.data]).toMatchObject([200, { status }]);
  // What a process leaves behind that is killed between the effect and the stored answer.
  await city.database.pool.query(
    "update idempotency_key set status = null, answer = null, locked_until = city_now() where id = $1",
    [(await newestRow()).id],
  );
  const again = await ask(key);
  expect([again.status, again.headers.get("idempotent-replayed")]).toEqual([200, null]);
  expect((again.body.data as { id: string }).id).toBe(id);
  expect((await ask(newKey())).status).toBe(409);
});

test("a key is kept for 24 hours, and for 30 days where money moves", async () => {
  const days = async () => {
    const { rows } = await city.database.pool.query(
      "select extract(epoch from expires_at - city_now()) / 86400 as days from idempotency_key where id = $1",
      [(await newestRow()).id],
    );
    return Number(rows[0].days);
  };
  const key = newKey();
  await city.database.pool.query("delete from idempotency_key");
  await send(key, "/tokens", { name: "kept for a day" });
  expect(await days()).toBeCloseTo(1, 1);
  const task = idOf(await send(newKey()));
  expect(await days()).toBeCloseTo(30, 1);
  await send(newKey(), `/tasks/${task}/cancel`, {});
  expect(await days()).toBeCloseTo(30, 1);
});

test("sign-up takes no key: the second is refused as it would be without one", async () => {
  const body = { name: "Twice", email: `${newKey()}@example.com`, password: "a long enough password" };
  const key = newKey();
  expect((await send(key, "/auth/sign-up", body)).status).toBe(200);
  expect((await send(key, "/auth/sign-up", body)).body.error?.code).toBe("EMAIL_TAKEN");
});

test("a page that repeats a call whose answer got lost gets the first answer, and one effect", async () => {
  const buyer = await city.owner();
  const pages = await dashboardOf(city, buyer);
  const same = { context: { idempotencyKey: newKey() } };
  const order = { ...submission, taskType: "design" as const };
  const first = await pages.tasks.submit.mutate(order, same);
  expect(await pages.tasks.submit.mutate(order, same)).toEqual(first);
  expect(await held(buyer.token)).toBe(50);
  await expect(pages.tasks.submit.mutate({ ...order, maxBudget: 60 }, same)).rejects.toMatchObject({
    data: { city: { code: "IDEMPOTENCY_MISMATCH" } },
  });
  await expect(pages.tasks.submit.mutate({ ...order, maxBudget: -1 }, same)).rejects.toMatchObject({
    data: { city: { code: "IDEMPOTENCY_MISMATCH" } },
  });
  // The same key in the API names another call: its answer has another shape.
  const { status, headers } = await send(same.context.idempotencyKey, "/tasks", order, buyer.token);
  expect([status, headers.get("idempotent-replayed")]).toEqual([201, null]);
});

test("work that takes longer than a claim lasts is still in flight, and is not begun twice", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  try {
    const [ctx, key, input] = [
      city.ctx({ kind: "owner", ownerId: owner.id, role: "owner", sessionId: null }),
      newKey(),
      {},
    ];
    const route = routes.find((one) => one.name === "vault.connectLink");
    if (!route) throw new Error("There is no such route.");
    const ended = Promise.withResolvers<{ status: number; body: string }>();
    const begun = vi.fn(() => ended.promise);
    const first = once(ctx, route, key, input, begun);
    await expect.poll(() => begun.mock.calls.length).toBe(1);
    const lapse = () => city.database.pool.query("update idempotency_key set locked_until = null where status is null");
    await lapse();
    vi.advanceTimersByTime(60_000);
    const claimed = "select 1 from idempotency_key where status is null and locked_until > city_now()";
    await expect.poll(async () => (await city.database.pool.query(claimed)).rowCount).toBe(1);
    await expect(once(ctx, route, key, input, begun)).rejects.toMatchObject({ code: "IDEMPOTENCY_IN_FLIGHT" });
    ended.resolve({ status: 200, body: "{}" });
    expect(await first).toMatchObject({ replayed: false });
    expect(await once(ctx, route, key, input, begun)).toMatchObject({ replayed: true });
    expect(begun).toHaveBeenCalledTimes(1);
  } finally {
    vi.useRealTimers();
  }
});

test.each([[" "], ["x".repeat(256)]])("the key %j is refused", async (key) => {
  const { status, body } = await send(key);
  expect([status, body.error?.code]).toEqual([400, "VALIDATION_ERROR"]);
});
