import fc from "fast-check";
import { DAY } from "#tests/support/durations.ts";
import { type CityCommand, choose, cityCommand, index, pick, request, some, times } from "./city-command.ts";
import { type CityWorld, type ModelTask, owed } from "./city-world.ts";
import { BAD_REVIEW, CODE, GOOD_REVIEW } from "./money-city.ts";
import { count } from "./tally.ts";
import { readTasks, untilTask } from "./task-rows.ts";

/** The budget itself, or what the pool has, one cent less, one more. */
const budget = fc.oneof(
  { weight: 20, arbitrary: fc.integer({ min: 980, max: 3_000 }).map((cents) => () => cents) },
  { weight: 1, arbitrary: fc.integer({ min: 600, max: 980 }).map((cents) => () => cents) },
  { weight: 1, arbitrary: fc.integer({ min: -1, max: 1 }).map((edge) => (pool: number) => pool + edge) },
);

/** Buys where there is money for it, most of the time. */
const buyerFor = (world: CityWorld, at: number, wanted: number) => {
  const able = world.buyers.filter(({ id }) => world.books.of(`pool:${id}`) >= wanted);
  return pick(at % 15 === 0 || able.length === 0 ? world.buyers : able, at);
};

const hasMoney = (world: CityWorld) => world.buyers.some(({ id }) => world.books.of(`pool:${id}`) >= 700);

const submit = fc.tuple(index, index, budget).map(([buyerAt, sellerAt, chooseBudget]) =>
  cityCommand(
    `submit(${buyerAt},${sellerAt},${chooseBudget(0)})`,
    (world) => buyerAt % 15 === 0 || hasMoney(world),
    async (world) => {
      const buyer = buyerFor(world, buyerAt, chooseBudget(0));
      const seller = pick(world.sellers, sellerAt);
      const pool = world.books.of(`pool:${buyer.id}`);
      const maxBudget = Math.min(1_000_000, Math.max(50, chooseBudget(pool)));
      const expected = await answerTo(world, buyer.id, seller.agent.id, maxBudget);
      const files = [{ path: "src/add.ts", content: CODE }];
      const { body } = await request(world, "submit", expected, {
        method: "POST",
        path: "/tasks",
        token: buyer.token,
        body: {
          taskType: "code_review",
          maxBudget,
          agentId: seller.agent.id,
          input: { description: "Review add for correctness.", files },
        },
      });
      if (expected !== "ok") return;
      world.books.hold(buyer.id, maxBudget);
      const { id } = body.data as { id: string };
      const row = await untilTask(world.city, id, "is offered", ({ agentId }) => agentId !== null);
      const money = { share: 0, fee: 0, released: false, state: "held", frozen: "never" } as const;
      const moments = { deadlineAt: row.deadlineAt, feedbackUntil: 0, completedAt: 0, escrowReleasesAt: 0 };
      const parties = { owner: buyer.id, agent: seller.agent.id, buyer, seller };
      const work = { id, budget: maxBudget, life: "waiting", feedback: false, dispute: null, score: 0 } as const;
      world.tasks.push({ ...money, ...moments, ...parties, ...work });
    },
  ),
);

async function answerTo(world: CityWorld, buyerId: string, agentId: string, maxBudget: number): Promise<string> {
  const { rows } = await world.city.database.pool.query<{ able: boolean }>(
    "select availability <> 'offline' and coalesce(suspended_until <= city_now(), true) and base_rate <= $2 as able from agent where id = $1",
    [agentId, maxBudget],
  );
  if (owed(world, buyerId) > 0) return "ACCESS_DENIED";
  if (!rows[0]?.able) return "CONFLICT";
  return world.books.of(`pool:${buyerId}`) < maxBudget ? "INSUFFICIENT_CREDITS" : "ok";
}

const waiting = (task: ModelTask) => task.life === "waiting";
const executing = (task: ModelTask) => task.life === "executing";

/** The hold goes back. */
function over(world: CityWorld, task: ModelTask): void {
  world.books.returnHold(task);
  task.life = "over";
}

const decline = index.map((at) =>
  cityCommand(`decline(${at})`, some(waiting), async (world) => {
    const task = pick(world.tasks.filter(waiting), at);
    const { key } = task.seller.agent;
    await request(world, "decline", "ok", {
      method: "POST",
      path: `/tasks/${task.id}/decline`,
      key,
      body: { reason: "busy" },
    });
    over(world, task);
  }),
);

const cancel = index.map((at) =>
  cityCommand(`cancel(${at})`, some(waiting), async (world) => {
    const task = choose(world, at, waiting);
    const may = task.life === "waiting";
    const { token } = task.buyer;
    await request(world, "cancel", may ? "ok" : "INVALID_STATE", {
      method: "POST",
      path: `/tasks/${task.id}/cancel`,
      token,
    });
    if (may) over(world, task);
  }),
);

const start = index.map((at) =>
  cityCommand(`start(${at})`, some(waiting), async (world) => {
    const task = pick(world.tasks.filter(waiting), at);
    const { key } = task.seller.agent;
    const path = `/tasks/${task.id}`;
    const { body } = await request(world, "provision", "ok", {
      method: "POST",
      path: `${path}/sandbox/provision`,
      key,
    });
    const { sandboxId } = body.data as { sandboxId: string };
    await request(world, "start", "ok", { method: "POST", path: `${path}/executing`, key, body: { sandboxId } });
    task.life = "executing";
    const [row] = await readTasks(world.city, [task.id]);
    task.deadlineAt = row?.deadlineAt ?? 0;
  }),
);

const giveUp = index.map((at) =>
  cityCommand(`giveUp(${at})`, some(executing), async (world) => {
    const task = choose(world, at, executing);
    const may = task.life === "executing";
    await request(world, "giveUp", may ? "ok" : "INVALID_STATE", {
      method: "POST",
      path: `/tasks/${task.id}/fail`,
      key: task.seller.agent.key,
      body: { reason: "too hard" },
    });
    if (may) over(world, task);
  }),
);

const complete = fc.tuple(index, fc.constantFrom(...Array<boolean>(11).fill(true), false)).map(([at, good]) =>
  cityCommand(`complete(${at},${good})`, some(executing), async (world) => {
    const task = choose(world, at, executing);
    const may = task.life === "executing";
    await request(world, good ? "complete well" : "complete badly", may ? "ok" : "INVALID_STATE", {
      method: "POST",
      path: `/tasks/${task.id}/complete`,
      key: task.seller.agent.key,
      body: { output: { result: good ? GOOD_REVIEW : BAD_REVIEW } },
    });
    if (may) await takeVerdict(world, task, good);
  }),
);

async function takeVerdict(world: CityWorld, task: ModelTask, good: boolean): Promise<void> {
  const { city, books } = world;
  const judged = ({ status }: { status: string }) => status === "completed" || status === "failed";
  const row = await untilTask(city, task.id, "is judged", judged);
  task.life = "over";
  task.score = row.qualityScore;
  if (row.status !== (good ? "completed" : "failed"))
    throw new Error(`a ${good ? "good" : "bad"} review ended ${row.status} with ${task.score}`);
  if (!good) {
    books.returnHold(task);
    return;
  }
  const price = row.quotedCents;
  if (price !== task.seller.rate) throw new Error(`the price was ${price}, the rate ${task.seller.rate}`);
  books.charge(task, price);
  task.completedAt = row.completedAt;
  task.feedbackUntil = row.feedbackUntil;
  task.escrowReleasesAt = row.escrowReleasesAt;
}

/** A request that went through is sent again, as a client does that has not heard the answer. */
const again = index.map((at) =>
  cityCommand(
    `again(${at})`,
    (world) => world.keyed.length > 0,
    async (world) => {
      const kept = world.keyed.filter((request) => request.at > world.now() - DAY + 60_000);
      const sent = pick(kept, at);
      if (!sent) return;
      const answer = await sent.again();
      const same = answer.status === sent.status && JSON.stringify(answer.body) === JSON.stringify(sent.body);
      if (!answer.replayed || !same) {
        throw new Error(`${sent.name}: the same key got another answer: ${JSON.stringify(answer).slice(0, 500)}`);
      }
      count(world.tally, "same key again", null);
    },
  ),
);

/** A stranger's ids do not exist. */
const trespass = index.map((at) =>
  cityCommand(
    `trespass(${at})`,
    (world) => world.tasks.length > 0,
    async (world) => {
      const task = pick(world.tasks, at);
      const [path, body] = pick(
        [
          ["feedback", { rating: "down" }],
          ["dispute", { reason: "other", description: "Mine." }],
          ["cancel", undefined],
        ] as const,
        at,
      );
      const stranger = world.buyers.find(({ id }) => id !== task.owner);
      await request(world, `trespass: ${path}`, "TASK_NOT_FOUND", {
        method: "POST",
        path: `/tasks/${task.id}/${path}`,
        token: stranger?.token ?? "",
        ...(body && { body }),
      });
    },
  ),
);

/** Work from its submission to its end. */
export const workCommands: fc.WeightedArbitrary<CityCommand>[] = [
  times(24, submit),
  times(20, start),
  times(20, complete),
  times(3, decline),
  times(3, cancel),
  times(1, giveUp),
  times(6, again),
  times(1, trespass),
];
