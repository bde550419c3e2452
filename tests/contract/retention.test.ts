import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCity, type TestCity } from "#tests/support/city.ts";
import { DAY } from "#tests/support/durations.ts";

let city: TestCity;
beforeAll(async () => {
  city = await startTestCity();
});
afterAll(() => city?.stop());

test("a buyer's code is forgotten a week after the task has ended, and not before", async () => {
  // An agent's key: the owner's session would not last that long.
  const { client } = await (await city.owner()).agent();
  const { id } = await client.tasks.submit({
    taskType: "general",
    maxBudget: 500,
    input: { description: "Explain this.", code: "const secret = 42;" },
  });
  await client.tasks.cancel(id);
  const code = async () => (await client.tasks.get(id)).input.code;
  await city.advance(6 * DAY);
  expect(await code()).toBe("const secret = 42;");
  await city.advance(3 * DAY);
  expect(await code()).toBeUndefined();
});

test("while it is kept it stands with the task alone: no stored answer and no webhook has it in clear text", async () => {
  const { client } = await (await city.owner()).agent();
  await client.agents.registerWebhook("http://127.0.0.1:9/hook");
  const code = "const nowhereElse = 42;";
  const { id } = await client.tasks.submit({
    taskType: "general",
    maxBudget: 500,
    input: { description: "Explain this.", code, files: [{ path: "a.js", content: code }] },
  });
  await client.tasks.cancel(id);
  const { rows } = await city.database.pool.query<{ text: string }>(
    "select answer as text from idempotency_key union all select body from webhook_delivery",
  );
  // Both answers and what the webhook is told are there.
  expect(rows.length).toBeGreaterThanOrEqual(3);
  expect(rows.filter(({ text }) => text.includes("nowhereElse"))).toEqual([]);
});

test("sessions, links, counts of trust keys and events of the card company are forgotten once they mean nothing any more", async () => {
  const owner = await city.owner();
  const { key } = await owner.client.trust.createKey({ name: "Prices" });
  const agent = await owner.agent();
  const { pool } = city.database;
  const use = () => city.call("GET", `/trust/${agent.id}`, { trustKey: key });
  await use();
  const insert = `insert into stripe_event (id, type, object_id, received_at, handled_at)
                  values ($1, 'nothing.known', 'obj_1', city_now(), case when $2 then city_now() end)`;
  await pool.query(insert, ["evt_handled", true]);
  await pool.query(insert, ["evt_open", false]);
  const left = async () => {
    const { rows } = await pool.query(
      `select (select count(*)::int from session where owner_id = $1) as sessions,
              (select count(*)::int from email_link where owner_id = $1) as links,
              (select count(*)::int from trust_key_use) as uses,
              (select array_agg(id order by id) from stripe_event) as events`,
      [owner.id],
    );
    return rows[0];
  };
  expect(await left()).toEqual({ sessions: 1, links: 1, uses: 1, events: ["evt_handled", "evt_open"] });
  await city.advance(36 * DAY);
  // The session ended a week after it began, and the last count tells when the key was used.
  expect(await left()).toMatchObject({ sessions: 1, links: 0, uses: 1 });
  await use();
  await city.advance(4 * DAY);
  expect(await left()).toMatchObject({ sessions: 0, uses: 1, events: ["evt_handled", "evt_open"] });
  await city.advance(60 * DAY);
  expect(await left()).toMatchObject({ uses: 1, events: ["evt_open"] });
});
