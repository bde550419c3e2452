import fc from "fast-check";
import { newId } from "#server/kernel/ids.ts";
import { chargeTask } from "#server/ledger/charge-task.ts";
import { freezeForDispute } from "#server/ledger/freeze-for-dispute.ts";
import { holdBudget } from "#server/ledger/hold-budget.ts";
import { refundCharge } from "#server/ledger/refund-charge.ts";
import { releaseEscrow } from "#server/ledger/release-escrow.ts";
import { releaseHold } from "#server/ledger/release-hold.ts";
import { unfreezeAfterDispute } from "#server/ledger/unfreeze-after-dispute.ts";
import { always, command, index, pick } from "./ledger-command.ts";
import { type LedgerWorld, type Named, play } from "./ledger-world.ts";
import type { TaskBook } from "./reference-books.ts";

const hasTask = (state: TaskBook["state"]) => (world: LedgerWorld) => world.tasks.some((task) => task.state === state);

/** Mostly a task in the state the move is for; sometimes any, because a refusal must leave no trace either. */
function chooseTask(world: LedgerWorld, at: number, state: TaskBook["state"]): Named<TaskBook> {
  const fitting = world.tasks.filter((task) => task.state === state);
  return at % 5 === 0 || fitting.length === 0 ? pick(world.tasks, at) : pick(fitting, at);
}

const STATUS = "update task set status = $2::task_status where id = $1";
/** A budget, or the last cent: what the pool has, one less, one more. */
const budget = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: 50, max: 4_000 }).map((cents) => () => cents) },
  {
    weight: 1,
    arbitrary: fc.integer({ min: -1, max: 1 }).map((edge) => (pool: number) => Math.min(1_000_000, pool + edge)),
  },
);

export async function playHold(world: LedgerWorld, owner: string, seller: number, amount: number): Promise<void> {
  const strangers = world.agents.filter((agent) => agent.owner !== owner);
  const [id, agent] = [newId(), pick(strangers, seller)];
  // The task's own row takes no less.
  if (amount < 50) return;
  const expected = world.books.hold(owner, amount);
  await play(world, {
    name: "hold",
    expected,
    real: (db) => holdBudget({ db }, { taskId: id, ownerId: owner, amount }),
    rows: `insert into task (id, task_type, buyer_owner_id, agent_id, seller_owner_id, description, max_budget, deadline_at, created_at)
           values ($1, 'general', $2, $3, $4, 'model', $5, city_now(), city_now())`,
    values: [id, owner, agent.id, agent.owner, amount],
  });
  if (expected !== null) return;
  const book = { owner, agent: agent.id, budget: amount, share: 0, fee: 0, released: false };
  world.tasks.push({ id, ...book, state: "held", frozen: "never" });
}

export const hold = fc.tuple(index, index, budget).map(([buyer, seller, choose]) =>
  command(`hold(${buyer},${seller},${choose(0)})`, always, async (world) => {
    const owner = pick(buyer % 4 === 0 ? world.owners : world.owners.slice(0, 2), buyer);
    await playHold(world, owner, seller, choose(world.books.of(`pool:${owner}`)));
  }),
);

export const returnHold = index.map((at) =>
  command(`returnHold(${at})`, hasTask("held"), async (world) => {
    const task = chooseTask(world, at, "held");
    if (task.state === "returned") return;
    await play(world, {
      name: "returnHold",
      expected: world.books.returnHold(task),
      real: (db) => releaseHold({ db }, { taskId: task.id }),
      rows: "update task set status = 'failed', failure_reason = 'declined' where id = $1",
      values: [task.id],
    });
  }),
);

export const charge = fc.tuple(index, fc.double({ min: 0.001, max: 1.02, noNaN: true })).map(([at, part]) =>
  command(`charge(${at},${part})`, hasTask("held"), async (world) => {
    const task = chooseTask(world, at, "held");
    if (task.state === "charged" || task.state === "refunded") return;
    const price = Math.floor(task.budget * part);
    await play(world, {
      name: "charge",
      expected: world.books.charge(task, price),
      real: (db) => chargeTask({ db }, { taskId: task.id, agentId: task.agent, price }),
      rows: "update task set status = 'completed', credits_charged = $2, fee_cents = $3 where id = $1",
      values: [task.id, price, task.fee],
    });
  }),
);

const onCharged = (
  name: string,
  skip: (task: TaskBook) => boolean,
  expected: (world: LedgerWorld, task: TaskBook) => ReturnType<LedgerWorld["books"]["refund"]>,
  real: (db: LedgerWorld["db"], taskId: string) => Promise<{ fresh: boolean }>,
  status?: string,
) =>
  index.map((at) =>
    command(`${name}(${at})`, hasTask("charged"), async (world) => {
      const task = pick(
        world.tasks.filter(({ state }) => state === "charged" || state === "refunded"),
        at,
      );
      if (skip(task)) return;
      await play(world, {
        name,
        expected: expected(world, task),
        real: (db) => real(db, task.id),
        ...(status && { rows: STATUS, values: [task.id, status] }),
      });
    }),
  );

// A repeat of a move that was made is asked for by `again`; these are first tries.
export const refund = onCharged(
  "refund",
  (task) => task.state === "refunded",
  (w, task) => w.books.refund(task),
  (db, taskId) => refundCharge({ db }, { taskId }),
  "refunded",
);
export const release = onCharged(
  "release",
  (task) => task.released,
  (w, task) => w.books.release(task),
  (db, taskId) => releaseEscrow({ db }, { taskId }),
);
export const freeze = onCharged(
  "freeze",
  (task) => task.frozen !== "never",
  (w, task) => w.books.freeze(task),
  (db, taskId) => freezeForDispute({ db }, { taskId }),
);
export const unfreeze = onCharged(
  "unfreeze",
  (task) => task.frozen !== "now",
  (w, task) => w.books.unfreeze(task),
  (db, taskId) => unfreezeAfterDispute({ db }, { taskId }),
);
