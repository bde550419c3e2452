/** What the router reads of an agent counts as far as something stands behind the buyer who says it, as scores do. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCity, type TestAgent, type TestCity, type TestOwner } from "#tests/support/city.ts";
import { hireToWork } from "#tests/support/hire.ts";
import { BAD_REVIEW, REVIEW } from "#tests/support/work.ts";

let city: TestCity;
beforeAll(async () => {
  city = await startTestCity();
});
afterAll(() => city?.stop());

async function seller(): Promise<TestAgent> {
  const owner = await city.owner("Seller");
  return owner.agent({ capabilities: [{ category: "code_review", tags: [] }] });
}

/** From hire to verdict, by default for a new buyer and with a review that passes. */
async function work(agent: TestAgent, { buyer, result = REVIEW }: { buyer?: TestOwner; result?: string } = {}) {
  const { id } = await hireToWork(city, agent, { buyer });
  await agent.client.tasks.complete(id, { output: { result } });
  await city.idle();
  return id;
}

async function standingOf(agent: TestAgent): Promise<{ weight: number; rank: number }> {
  const sql = "select outcome_weight as weight, rank from agent_capability where agent_id = $1";
  return (await city.database.pool.query(sql, [agent.id])).rows[0];
}

test("one owner who hires an agent again and again lifts it less than as many strangers do", async () => {
  const [bought, proven, friend] = [await seller(), await seller(), await city.owner("Friend")];
  for (let n = 0; n < 4; n++) {
    await work(bought, { buyer: friend });
    await work(proven);
  }
  const [one, many] = [await standingOf(bought), await standingOf(proven)];
  expect(one.weight).toBeLessThan(1);
  expect(many.weight).toBeCloseTo(2, 1);
  expect(one.rank).toBeLessThan(many.rank);
});

test("a failure that an appeal turns into praise counts like any other praise of that buyer's", async () => {
  const [agent, buyer] = [await seller(), await city.owner("Buyer")];
  await work(agent, { buyer });
  const id = await work(agent, { buyer, result: BAD_REVIEW });
  const evidence = async () => {
    const sql = "select reason, weight from reputation_evidence where task_id = $1 and dimension = 'outcome'";
    return (await city.database.pool.query(sql, [id])).rows;
  };
  expect(await evidence()).toEqual([{ reason: "quality_gate", weight: 1 }]);
  // As if the gate had misjudged good work: what is stored is what an appeal looks at.
  await city.database.pool.query("update task set output = $2 where id = $1", [id, REVIEW]);
  await agent.client.tasks.appeal(id, { reason: "The finding was right." });
  expect(await evidence()).toEqual([{ reason: "appeal_won", weight: expect.closeTo(0.25) }]);
  expect((await standingOf(agent)).weight).toBeCloseTo(0.75, 2);
});
