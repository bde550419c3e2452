import fc from "fast-check";
import { newId } from "#server/kernel/ids.ts";
import { chargeBackTopUp } from "#server/ledger/charge-back-top-up.ts";
import { chargeTask } from "#server/ledger/charge-task.ts";
import { creditTopUp } from "#server/ledger/credit-top-up.ts";
import { failPayout } from "#server/ledger/fail-payout.ts";
import { freezeForDispute } from "#server/ledger/freeze-for-dispute.ts";
import { grantStarterCredits } from "#server/ledger/grant-starter-credits.ts";
import { holdBudget } from "#server/ledger/hold-budget.ts";
import { refundCharge } from "#server/ledger/refund-charge.ts";
import { reinstateTopUp } from "#server/ledger/reinstate-top-up.ts";
import { releaseEscrow } from "#server/ledger/release-escrow.ts";
import { releaseHold } from "#server/ledger/release-hold.ts";
import { returnTopUp } from "#server/ledger/return-top-up.ts";
import { settlePayout } from "#server/ledger/settle-payout.ts";
import { startPayout } from "#server/ledger/start-payout.ts";
import { undoMove } from "#server/ledger/undo-move.ts";
import { unfreezeAfterDispute } from "#server/ledger/unfreeze-after-dispute.ts";
import { type LedgerWorld, type Named, play, playAgain } from "./ledger-world.ts";
import type { PayoutBook, TaskBook, TopUpBook } from "./reference-books.ts";

/** fast-check wants a model beside the system; both live in the world, so the model here is only a place holder. */
type Model = Record<string, never>;
type Command = fc.AsyncCommand<Model, LedgerWorld>;

function command(
  name: string,
  ready: (world: LedgerWorld) => boolean,
  run: (world: LedgerWorld) => Promise<void>,
): Command {
  return {
    check: () => true,
    run: async (_model, world) => {
      if (ready(world)) await run(world);
    },
    toString: () => name,
  };
}

const always = () => true;
const pick = <T>(list: readonly T[], index: number): T => list[index % list.length] as T;
const index = fc.nat(1_000);
const cents = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 3_000, max: 40_000 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 60 }) },
  { weight: 1, arbitrary: fc.integer({ min: 40_000, max: 1_000_000 }) },
);

const hasTask = (state: TaskBook["state"]) => (world: LedgerWorld) => world.tasks.some((task) => task.state === state);

/** Mostly a task in the state the move is for; sometimes any, because a refusal must leave no trace either. */
function chooseTask(world: LedgerWorld, at: number, state: TaskBook["state"]): Named<TaskBook> {
  const fitting = world.tasks.filter((task) => task.state === state);
  return at % 5 === 0 || fitting.length === 0 ? pick(world.tasks, at) : pick(fitting, at);
}

const STATUS = "update task set status = $2::task_status where id = $1";

async function playTopUp(world: LedgerWorld, owner: string, amount: number): Promise<Named<TopUpBook>> {
  const id = newId();
  await play(world, {
    name: "topUp",
    expected: world.books.topUp(owner, amount),
    real: (db) => creditTopUp({ db }, { topUpId: id, ownerId: owner, amount }),
    rows: "insert into top_up (id, owner_id, amount, kind, status, created_at) values ($1, $2, $3, 'checkout', 'paid', city_now())",
    values: [id, owner, amount],
  });
  const row = { id, owner, amount, takenBack: [], givenAgain: [], returns: [], undone: [] };
  world.topUps.push(row);
  return row;
}

const topUp = fc.tuple(index, cents).map(([at, amount]) =>
  command(`topUp(${at},${amount})`, always, async (world) => {
    // Mostly buyers; a seller's pool matters too, it may be in debt.
    await playTopUp(world, pick(at % 7 === 0 ? world.owners : world.owners.slice(0, 2), at), amount);
  }),
);

const grant = fc.tuple(index, cents).map(([at, amount]) =>
  command(`grant(${at},${amount})`, always, async (world) => {
    const owner = pick(world.owners, at);
    if (world.done.some(({ name }) => name === `grant ${owner}`)) return;
    await play(world, {
      name: "grant",
      expected: world.books.grant(owner, amount),
      real: (db) => grantStarterCredits({ db }, { ownerId: owner, amount }),
    });
    world.done.push({ name: `grant ${owner}`, again: () => grantStarterCredits(world, { ownerId: owner, amount }) });
  }),
);

/** A budget, or the last cent: what the pool has, one less, one more. */
const budget = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: 50, max: 4_000 }).map((cents) => () => cents) },
  {
    weight: 1,
    arbitrary: fc.integer({ min: -1, max: 1 }).map((edge) => (pool: number) => Math.min(1_000_000, pool + edge)),
  },
);

async function playHold(world: LedgerWorld, owner: string, seller: number, amount: number): Promise<void> {
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
  const book = { owner, agent: agent.id, budget: amount, share: 0, fee: 0, released: false, frozenCents: 0 };
  world.tasks.push({ id, ...book, state: "held", frozen: "never" });
}

const hold = fc.tuple(index, index, budget).map(([buyer, seller, choose]) =>
  command(`hold(${buyer},${seller},${choose(0)})`, always, async (world) => {
    const owner = pick(buyer % 4 === 0 ? world.owners : world.owners.slice(0, 2), buyer);
    await playHold(world, owner, seller, choose(world.books.of(`pool:${owner}`)));
  }),
);

const returnHold = index.map((at) =>
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

const charge = fc.tuple(index, fc.double({ min: 0.001, max: 1.02, noNaN: true })).map(([at, part]) =>
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
const refund = onCharged(
  "refund",
  (task) => task.state === "refunded",
  (w, task) => w.books.refund(task),
  (db, taskId) => refundCharge({ db }, { taskId }),
  "refunded",
);
const release = onCharged(
  "release",
  (task) => task.released,
  (w, task) => w.books.release(task),
  (db, taskId) => releaseEscrow({ db }, { taskId }),
);
const freeze = onCharged(
  "freeze",
  (task) => task.frozen !== "never",
  (w, task) => w.books.freeze(task),
  (db, taskId) => freezeForDispute({ db }, { taskId }),
);
const unfreeze = onCharged(
  "unfreeze",
  (task) => task.frozen !== "now",
  (w, task) => w.books.unfreeze(task),
  (db, taskId) => unfreezeAfterDispute({ db }, { taskId }),
);

const leftOf = (topUp: TopUpBook) => {
  const sum = (list: number[]) => list.reduce((total, amount) => total + amount, 0);
  return topUp.amount - sum(topUp.takenBack) + sum(topUp.givenAgain) - sum(topUp.returns) + sum(topUp.undone);
};
const RETURNED = "update top_up set returned_cents = returned_cents + $2 where id = $1";

async function playTakeBack(world: LedgerWorld, topUp: Named<TopUpBook>, amount: number): Promise<void> {
  const key = `c${topUp.takenBack.length}`;
  await play(world, {
    name: "takeBack",
    expected: world.books.takeBack(topUp, amount),
    real: (db) => chargeBackTopUp({ db }, { topUpId: topUp.id, key, ownerId: topUp.owner, amount }),
    rows: RETURNED,
    values: [topUp.id, amount],
  });
}

const takeBack = fc.tuple(index, fc.double({ min: 0.1, max: 1, noNaN: true })).map(([at, part]) =>
  command(
    `takeBack(${at},${part})`,
    (world) => world.topUps.some((t) => leftOf(t) > 0),
    async (world) => {
      const topUp = pick(
        world.topUps.filter((t) => leftOf(t) > 0),
        at,
      );
      await playTakeBack(world, topUp, Math.max(1, Math.floor(leftOf(topUp) * part)));
    },
  ),
);

/** An owner who tops up, spends it all and has it charged back: the straight way into debt. */
const spendAndLose = fc.tuple(index, cents).map(([at, amount]) =>
  command(`spendAndLose(${at},${amount})`, always, async (world) => {
    const owner = pick(world.owners, at);
    const topUp = await playTopUp(world, owner, amount);
    await playHold(world, owner, at, Math.min(1_000_000, world.books.of(`pool:${owner}`)));
    await playTakeBack(world, topUp, amount);
  }),
);

const giveAgain = index.map((at) =>
  command(
    `giveAgain(${at})`,
    (world) => world.topUps.some((t) => t.takenBack.length > t.givenAgain.length),
    async (world) => {
      const topUp = pick(
        world.topUps.filter((t) => t.takenBack.length > t.givenAgain.length),
        at,
      );
      const no = topUp.givenAgain.length;
      const amount = topUp.takenBack[no] ?? 0;
      await play(world, {
        name: "giveAgain",
        expected: world.books.giveAgain(topUp, amount),
        real: (db) => reinstateTopUp({ db }, { topUpId: topUp.id, key: `c${no}`, ownerId: topUp.owner, amount }),
        rows: RETURNED,
        values: [topUp.id, -amount],
      });
    },
  ),
);

const returnUnspent = fc.tuple(index, fc.double({ min: 0.1, max: 1, noNaN: true })).map(([at, part]) =>
  command(
    `returnUnspent(${at},${part})`,
    (world) => world.topUps.some((t) => leftOf(t) > 0),
    async (world) => {
      const topUp = pick(
        world.topUps.filter((t) => leftOf(t) > 0),
        at,
      );
      const amount = Math.max(1, Math.floor(leftOf(topUp) * part));
      const key = `r${topUp.returns.length}`;
      await play(world, {
        name: "returnUnspent",
        expected: world.books.returnUnspent(topUp, amount),
        real: (db) => returnTopUp({ db }, { topUpId: topUp.id, key, ownerId: topUp.owner, amount }),
        rows: RETURNED,
        values: [topUp.id, amount],
      });
    },
  ),
);

const undoReturn = index.map((at) =>
  command(
    `undoReturn(${at})`,
    (world) => world.topUps.some((t) => t.returns.length > t.undone.length),
    async (world) => {
      const topUp = pick(
        world.topUps.filter((t) => t.returns.length > t.undone.length),
        at,
      );
      const no = topUp.undone.length;
      const amount = topUp.returns[no] ?? 0;
      await play(world, {
        name: "undoReturn",
        expected: world.books.undoReturn(topUp, amount),
        real: (db) => undoMove({ db }, { reference: `topup:${topUp.id}:return:r${no}` }),
        rows: RETURNED,
        values: [topUp.id, -amount],
      });
    },
  ),
);

const startPayouts = fc
  .tuple(index, fc.double({ min: 0.1, max: 1.1, noNaN: true }), fc.boolean())
  .map(([at, part, both]) =>
    command(`startPayout(${at},${part},${both})`, always, async (world) => {
      const owner = pick(world.owners.slice(2), at);
      const mine = world.agents.filter((agent) => agent.owner === owner).slice(0, both ? 2 : 1);
      const sources = mine
        .map(({ id }) => ({ agentId: id, amount: Math.floor(world.books.of(`wallet:${id}`) * part) }))
        .filter(({ amount }) => amount > 0);
      if (sources.length === 0) return;
      const id = newId();
      const expected = world.books.startPayout(owner, sources);
      await play(world, {
        name: "startPayout",
        expected,
        real: (db) => startPayout({ db }, { withdrawalId: id, ownerId: owner, sources }),
        rows: "insert into withdrawal (id, owner_id, amount, sources, created_at) values ($1, $2, $3, $4::jsonb, city_now())",
        values: [id, owner, sources.reduce((sum, { amount }) => sum + amount, 0), JSON.stringify(sources)],
      });
      if (expected === null) world.payouts.push({ id, owner, sources, state: "started", settled: false });
    }),
  );

const endPayout = (name: "settlePayout" | "failPayout", status: string) =>
  index.map((at) =>
    command(
      `${name}(${at})`,
      (world) => world.payouts.length > 0,
      async (world) => {
        const payout: Named<PayoutBook> = pick(world.payouts, at);
        if (name === "settlePayout" ? payout.settled : payout.state === "failed") return;
        await play(world, {
          name,
          expected: world.books[name](payout),
          real: (db) => (name === "settlePayout" ? settlePayout : failPayout)({ db }, { withdrawalId: payout.id }),
          rows: "update withdrawal set status = $2::withdrawal_status where id = $1",
          values: [payout.id, status],
        });
      },
    ),
  );

const again = index.map((at) =>
  command(
    `again(${at})`,
    (world) => world.done.length > 0,
    (world) => playAgain(world, at),
  ),
);

const times = (n: number, arbitrary: fc.Arbitrary<Command>) => Array.from({ length: n }, () => arbitrary);

/** Everything that can happen to money, in the proportions in which it gets somewhere. */
export const ledgerCommands: fc.Arbitrary<Command>[] = [
  ...times(4, topUp),
  grant,
  ...times(8, hold),
  ...times(8, charge),
  ...times(2, returnHold),
  ...times(3, refund),
  ...times(6, release),
  ...times(4, freeze),
  ...times(2, unfreeze),
  takeBack,
  spendAndLose,
  giveAgain,
  returnUnspent,
  undoReturn,
  ...times(4, startPayouts),
  ...times(2, endPayout("settlePayout", "paid")),
  ...times(2, endPayout("failPayout", "failed")),
  ...times(2, again),
];
