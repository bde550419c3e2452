import fc from "fast-check";
import {
  type CityCommand,
  choose,
  cityCommand,
  done,
  index,
  open,
  pick,
  request,
  some,
  times,
} from "./city-command.ts";
import { WEEK } from "./city-time.ts";
import { type CityWorld, endDispute, type ModelTask } from "./city-world.ts";

const unrated = (task: ModelTask) => done(task) && !task.feedback;

const rate = fc.tuple(index, fc.constantFrom("up", "down", "down")).map(([at, rating]) =>
  cityCommand(`rate(${at},${rating})`, some(unrated), async (world) => {
    const task = choose(world, at, unrated);
    const refunds = rating === "down" && world.now() < task.feedbackUntil;
    const expected = task.feedback ? "CONFLICT" : task.state === "charged" ? "ok" : "INVALID_STATE";
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
  }),
);

/** Disputes a task, whatever its state; on success its money is frozen. */
export async function playDispute(world: CityWorld, task: ModelTask): Promise<void> {
  const late = world.now() >= task.completedAt + WEEK;
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
  if (view.frozenCents !== task.share) throw new Error(`froze ${view.frozenCents}, not ${task.share}`);
  const [respondBy, decideBy] = [Date.parse(view.respondBy), Date.parse(view.decideBy)];
  task.dispute = { id: view.id, open: true, answered: false, respondBy, decideBy };
}

/** An operator decides a task's dispute, if it is still to be decided. */
export async function playResolve(world: CityWorld, task: ModelTask, winner: "buyer" | "agent"): Promise<void> {
  if (!task.dispute) return;
  const may = task.dispute.open;
  await request(world, `resolve for the ${winner}`, may ? "ok" : "INVALID_STATE", {
    method: "POST",
    path: `/disputes/${task.dispute.id}/resolve`,
    token: world.operator.token,
    body: { winner, note: "Decided." },
  });
  if (may) endDispute(world, task, winner, world.now());
}

const undisputed = (world: CityWorld) => (task: ModelTask) =>
  done(task) && task.dispute === null && world.now() < task.completedAt + WEEK;

const dispute = index.map((at) =>
  cityCommand(
    `dispute(${at})`,
    (world) => world.tasks.some(undisputed(world)),
    (world) => playDispute(world, choose(world, at, undisputed(world))),
  ),
);

const disputed = (task: ModelTask) => task.dispute !== null;
/** Mostly an open dispute; now and then one that is over. */
const chooseDisputed = (world: CityWorld, at: number) => pick(world.tasks.filter(at % 12 === 0 ? disputed : open), at);

const respond = index.map((at) =>
  cityCommand(`respond(${at})`, some(open), async (world) => {
    const task = chooseDisputed(world, at);
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

const withdrawDispute = index.map((at) =>
  cityCommand(`withdrawDispute(${at})`, some(open), async (world) => {
    const task = chooseDisputed(world, at);
    const may = task.dispute?.open === true;
    await request(world, "withdraw dispute", may ? "ok" : "INVALID_STATE", {
      method: "POST",
      path: `/disputes/${task.dispute?.id}/withdraw`,
      token: task.buyer.token,
    });
    if (may) endDispute(world, task, "agent", world.now());
  }),
);

const resolve = fc
  .tuple(index, fc.constantFrom("buyer" as const, "agent" as const))
  .map(([at, winner]) =>
    cityCommand(`resolve(${at},${winner})`, some(open), (world) =>
      playResolve(world, chooseDisputed(world, at), winner),
    ),
  );

/** What buyer, seller and operator say about finished work. */
export const verdictCommands: fc.WeightedArbitrary<CityCommand>[] = [
  times(10, rate),
  times(14, dispute),
  times(8, respond),
  times(5, withdrawDispute),
  times(8, resolve),
];
