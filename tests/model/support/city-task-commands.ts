import fc from "fast-check";
import { always, cityCommand, index, pick, request, times } from "./city-command.ts";
import { type CityWorld, endDispute, type ModelTask, now } from "./city-world.ts";
import { BAD_REVIEW, CODE, GOOD_REVIEW } from "./money-city.ts";
import { count } from "./tally.ts";

/** The budget itself, or what the pool has, one cent less, one more. */
const budget = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 600, max: 4_000 }).map((cents) => () => cents) },
  { weight: 1, arbitrary: fc.integer({ min: -1, max: 1 }).map((edge) => (pool: number) => pool + edge) },
);

const submit = fc.tuple(index, index, budget).map(([buyerAt, sellerAt, choose]) =>
  cityCommand(`submit(${buyerAt},${sellerAt},${choose(0)})`, always, async (world) => {
    const [buyer, seller] = [pick(world.buyers, buyerAt), pick(world.sellers, sellerAt)];
    await seller.agent.client.tasks.listSubmitted();
    const pool = world.books.of(`pool:${buyer.id}`);
    const maxBudget = Math.min(1_000_000, Math.max(50, choose(pool)));
    const hire = await world.city.database.pool.query<{ able: boolean }>(
      "select availability <> 'offline' and coalesce(suspended_until <= city_now(), true) and base_rate <= $2 as able from agent where id = $1",
      [seller.agent.id, maxBudget],
    );
    const expected = world.frozen.has(buyer.id)
      ? "ACCESS_DENIED"
      : !hire.rows[0]?.able
        ? "CONFLICT"
        : pool < maxBudget
          ? "INSUFFICIENT_CREDITS"
          : "ok";
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
    const id = (body.data as { id: string }).id;
    const row = await world.city.database.prisma.task.findUniqueOrThrow({ where: { id } });
    const money = {
      owner: buyer.id,
      agent: seller.agent.id,
      budget: maxBudget,
      share: 0,
      fee: 0,
      released: false,
      frozenCents: 0,
    };
    world.tasks.push({
      ...money,
      id,
      buyer,
      seller,
      state: "held",
      frozen: "never",
      life: "waiting",
      offered: false,
      feedback: false,
      dispute: null,
      deadlineAt: row.deadlineAt.getTime(),
      feedbackUntil: 0,
      completedAt: 0,
      escrowReleasesAt: 0,
      score: 0,
    });
  }),
);

const inLife = (life: ModelTask["life"], offered?: true) => (task: ModelTask) =>
  task.life === life && (offered === undefined || task.offered);
const some = (fits: (task: ModelTask) => boolean) => (world: CityWorld) => world.tasks.some(fits);
/** Mostly a task the deed is for; now and then any, whose refusal must change nothing. */
const choose = (world: CityWorld, at: number, fits: (task: ModelTask) => boolean) =>
  at % 6 === 0 ? pick(world.tasks, at) : pick(world.tasks.filter(fits), at);

/** The hold goes back. */
function over(world: CityWorld, task: ModelTask): void {
  world.books.returnHold(task);
  task.life = "over";
}

const decline = index.map((at) =>
  cityCommand(`decline(${at})`, some(inLife("waiting", true)), async (world) => {
    const task = pick(world.tasks.filter(inLife("waiting", true)), at);
    await request(world, "decline", "ok", {
      method: "POST",
      path: `/tasks/${task.id}/decline`,
      key: task.seller.agent.key,
      body: { reason: "busy" },
    });
    over(world, task);
  }),
);

const cancel = index.map((at) =>
  cityCommand(`cancel(${at})`, some(inLife("waiting")), async (world) => {
    const task = choose(world, at, inLife("waiting"));
    const may = task.life === "waiting";
    await request(world, "cancel", may ? "ok" : "INVALID_STATE", {
      method: "POST",
      path: `/tasks/${task.id}/cancel`,
      token: task.buyer.token,
    });
    if (may) over(world, task);
  }),
);

const start = index.map((at) =>
  cityCommand(`start(${at})`, some(inLife("waiting", true)), async (world) => {
    const task = pick(world.tasks.filter(inLife("waiting", true)), at);
    const key = task.seller.agent.key;
    const { body } = await request(world, "provision", "ok", {
      method: "POST",
      path: `/tasks/${task.id}/sandbox/provision`,
      key,
    });
    const { sandboxId } = body.data as { sandboxId: string };
    await request(world, "start", "ok", {
      method: "POST",
      path: `/tasks/${task.id}/executing`,
      key,
      body: { sandboxId },
    });
    task.life = "executing";
    const row = await world.city.database.prisma.task.findUniqueOrThrow({ where: { id: task.id } });
    task.deadlineAt = row.deadlineAt.getTime();
  }),
);

const giveUp = index.map((at) =>
  cityCommand(`giveUp(${at})`, some(inLife("executing")), async (world) => {
    const task = choose(world, at, inLife("executing"));
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

const complete = fc.tuple(index, fc.constantFrom(true, true, true, true, true, false)).map(([at, good]) =>
  cityCommand(`complete(${at},${good})`, some(inLife("executing")), async (world) => {
    const task = choose(world, at, inLife("executing"));
    const may = task.life === "executing";
    const body = { output: { result: good ? GOOD_REVIEW : BAD_REVIEW } };
    await request(world, good ? "complete well" : "complete badly", may ? "ok" : "INVALID_STATE", {
      method: "POST",
      path: `/tasks/${task.id}/complete`,
      key: task.seller.agent.key,
      body,
    });
    if (!may) return;
    await world.city.idle();
    const row = await world.city.database.prisma.task.findUniqueOrThrow({ where: { id: task.id } });
    task.life = "over";
    task.score = row.qualityScore ?? 0;
    if (row.status !== (good ? "completed" : "failed"))
      throw new Error(`a ${good ? "good" : "bad"} review ended ${row.status} with ${task.score}`);
    if (!good) {
      world.books.returnHold(task);
      return;
    }
    const price = row.quotedCents ?? 0;
    if (price !== task.seller.rate) throw new Error(`the price was ${price}, the rate ${task.seller.rate}`);
    world.books.charge(task, price);
    task.completedAt = row.completedAt?.getTime() ?? 0;
    task.feedbackUntil = row.feedbackUntil?.getTime() ?? 0;
    task.escrowReleasesAt = row.escrowReleasesAt?.getTime() ?? 0;
  }),
);

/** Charged and not refunded. */
export const done = (task: ModelTask) => task.life === "over" && task.state === "charged";
/** With a dispute to be decided. */
export const open = (task: ModelTask) => done(task) && task.dispute?.open === true;
const disputed = (task: ModelTask) => task.dispute !== null;

const rate = fc.tuple(index, fc.constantFrom("up", "down", "down")).map(([at, rating]) =>
  cityCommand(
    `rate(${at},${rating})`,
    some((task) => task.life === "over"),
    async (world) => {
      const task = choose(world, at, (candidate) => candidate.life === "over");
      const expected = task.feedback ? "CONFLICT" : task.state === "charged" ? "ok" : "INVALID_STATE";
      const refunds = rating === "down" && (await now(world)) < task.feedbackUntil;
      await request(world, expected === "ok" ? `rate ${rating}${refunds ? " in time" : ""}` : "rate", expected, {
        method: "POST",
        path: `/tasks/${task.id}/feedback`,
        token: task.buyer.token,
        body: { rating },
      });
      if (expected !== "ok") return;
      task.feedback = true;
      if (refunds) world.books.refund(task);
      if (refunds && task.dispute) task.dispute.open = false;
    },
  ),
);

const WEEK = 7 * 24 * 3_600_000;

/** Disputes a task, whatever its state; on success its money is frozen. */
export async function playDispute(world: CityWorld, task: ModelTask): Promise<void> {
  const late = (await now(world)) >= task.completedAt + WEEK;
  const expected = !done(task) ? "INVALID_STATE" : task.dispute ? "CONFLICT" : late ? "INVALID_STATE" : "ok";
  const { body } = await request(world, "dispute", expected, {
    method: "POST",
    path: `/tasks/${task.id}/dispute`,
    token: task.buyer.token,
    body: { reason: "other", description: "Not it." },
  });
  if (expected !== "ok") return;
  const view = body.data as { id: string; respondBy: string; decideBy: string; frozenCents: number };
  world.books.freeze(task);
  if (view.frozenCents !== task.frozenCents) throw new Error(`froze ${view.frozenCents}, not ${task.frozenCents}`);
  const [respondBy, decideBy] = [Date.parse(view.respondBy), Date.parse(view.decideBy)];
  task.dispute = { id: view.id, open: true, answered: false, respondBy, decideBy };
}

/** An operator decides a task's dispute, if it is still to be decided. */
export async function playResolve(world: CityWorld, task: ModelTask, winner: "buyer" | "agent"): Promise<void> {
  const may = task.dispute?.open === true;
  if (!task.dispute) return;
  await request(world, `resolve for the ${winner}`, may ? "ok" : "INVALID_STATE", {
    method: "POST",
    path: `/disputes/${task.dispute.id}/resolve`,
    token: world.operator.token,
    body: { winner, note: "Decided." },
  });
  if (may) endDispute(world, task, winner, await now(world));
}

const dispute = index.map((at) =>
  cityCommand(`dispute(${at})`, some(done), async (world) => {
    const fresh = world.tasks.filter((task) => done(task) && task.dispute === null);
    await playDispute(world, at % 6 === 0 || fresh.length === 0 ? pick(world.tasks, at) : pick(fresh, at));
  }),
);

const respond = index.map((at) =>
  cityCommand(`respond(${at})`, some(disputed), async (world) => {
    const task = pick(world.tasks.filter(at % 4 === 0 ? disputed : (t) => open(t) || disputed(t)), at);
    const may = task.dispute?.open === true;
    await request(world, "respond", may ? "ok" : "INVALID_STATE", {
      method: "POST",
      path: `/disputes/${task.dispute?.id}/respond`,
      key: task.seller.agent.key,
      body: { response: "It is." },
    });
    if (may && task.dispute) task.dispute.answered = true;
  }),
);

/** Mostly an open dispute; now and then one that is over. */
const chooseDisputed = (world: CityWorld, at: number) =>
  pick(world.tasks.filter(at % 4 !== 0 && world.tasks.some(open) ? open : disputed), at);

const withdrawDispute = index.map((at) =>
  cityCommand(`withdrawDispute(${at})`, some(disputed), async (world) => {
    const task = chooseDisputed(world, at);
    const may = task.dispute?.open === true;
    const path = `/disputes/${task.dispute?.id}/withdraw`;
    await request(world, "withdraw dispute", may ? "ok" : "INVALID_STATE", {
      method: "POST",
      path,
      token: task.buyer.token,
    });
    if (may) endDispute(world, task, "agent", await now(world));
  }),
);

const resolve = fc
  .tuple(index, fc.constantFrom("buyer" as const, "agent" as const))
  .map(([at, winner]) =>
    cityCommand(`resolve(${at},${winner})`, some(disputed), (world) =>
      playResolve(world, chooseDisputed(world, at), winner),
    ),
  );

const DAY = 24 * 3_600_000;

const again = index.map((at) =>
  cityCommand(
    `again(${at})`,
    (world) => world.keyed.length > 0,
    async (world) => {
      const latest = (await now(world)) - DAY + 60_000;
      const kept = world.keyed.filter((request) => request.at > latest);
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
      const stranger = pick(
        world.buyers.filter(({ id }) => id !== task.owner),
        at,
      );
      await request(world, `trespass: ${path}`, "TASK_NOT_FOUND", {
        method: "POST",
        path: `/tasks/${task.id}/${path}`,
        token: stranger.token,
        ...(body && { body }),
      });
    },
  ),
);

const wait = fc.constantFrom(1, 3, 10, 16, 31).map((minutes) =>
  cityCommand(`wait(${minutes})`, always, async (world) => {
    await world.city.advance(minutes * 60_000);
    // Sellers poll as they do in life, and come back after offers they missed.
    for (const { agent } of world.sellers) {
      await agent.client.tasks.listSubmitted();
      await agent.client.agents.update({ availability: "available" });
    }
  }),
);

export const taskCommands = [
  ...times(9, submit),
  ...times(9, start),
  ...times(9, complete),
  decline,
  cancel,
  giveUp,
  ...times(3, rate),
  ...times(4, dispute),
  ...times(2, respond),
  withdrawDispute,
  ...times(3, resolve),
  ...times(2, again),
  trespass,
  ...times(2, wait),
];
