import fc from "fast-check";
import { newId } from "#server/kernel/ids.ts";
import { failPayout } from "#server/ledger/fail-payout.ts";
import { freezeForDispute } from "#server/ledger/freeze-for-dispute.ts";
import { repayFromWallets } from "#server/ledger/repay-from-wallets.ts";
import { settlePayout } from "#server/ledger/settle-payout.ts";
import { startPayout } from "#server/ledger/start-payout.ts";
import { playSpendAndLose } from "./ledger-card-commands.ts";
import { always, command, index, pick } from "./ledger-command.ts";
import { type LedgerWorld, type Named, play } from "./ledger-world.ts";
import type { PayoutBook } from "./reference-books.ts";

async function playPayout(world: LedgerWorld, owner: string, sources: PayoutBook["sources"]): Promise<void> {
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
}

export const startPayouts = fc
  .tuple(index, fc.double({ min: 0.1, max: 1.1, noNaN: true }), fc.boolean())
  .map(([at, part, both]) =>
    command(`startPayout(${at},${part},${both})`, always, async (world) => {
      const owner = pick(world.owners.slice(2), at);
      const mine = world.agents.filter((agent) => agent.owner === owner).slice(0, both ? 2 : 1);
      const sources = mine
        .map(({ id }) => ({ agentId: id, amount: Math.floor(world.books.of(`wallet:${id}`) * part) }))
        .filter(({ amount }) => amount > 0);
      if (sources.length === 0) return;
      await playPayout(world, owner, sources);
    }),
  );

export const endPayout = (name: "settlePayout" | "failPayout", status: string) =>
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

/** The poorer agents take everything out, and work of theirs is disputed afterwards: they owe what the richest has. */
async function playWithdrawAndOwe(world: LedgerWorld, owner: string, agentIds: string[], at: number): Promise<void> {
  const wallet = (id: string) => world.books.of(`wallet:${id}`);
  const mine = agentIds.toSorted((a, b) => wallet(a) - wallet(b)).slice(0, -1);
  const paid = world.tasks.filter(
    ({ agent, state, released, frozen }) =>
      mine.includes(agent) && state === "charged" && released && frozen === "never",
  );
  if (paid.length === 0) return;
  const task = pick(paid, at);
  const amount = wallet(task.agent);
  if (amount > 0) await playPayout(world, owner, [{ agentId: task.agent, amount }]);
  await play(world, {
    name: "freeze",
    expected: world.books.freeze(task),
    real: (db) => freezeForDispute({ db }, { taskId: task.id }),
  });
}

/** What a seller with money in a wallet does before a withdrawal; who owes nothing comes into debt first, or twice. */
export const repay = fc.tuple(index, fc.integer({ min: 50, max: 3_000 })).map(([at, amount]) =>
  command(
    `repay(${at},${amount})`,
    (world) => world.agents.some(({ id }) => world.books.of(`wallet:${id}`) > 0),
    async (world) => {
      const { owner } = pick(
        world.agents.filter(({ id }) => world.books.of(`wallet:${id}`) > 0),
        at,
      );
      const agentIds = world.agents.filter((agent) => agent.owner === owner).map(({ id }) => id);
      if (at % 3 > 0) await playWithdrawAndOwe(world, owner, agentIds, at);
      if (at % 3 < 2) await playSpendAndLose(world, owner, at, amount);
      if (world.books.owed(owner, agentIds) === 0 || agentIds.every((id) => world.books.of(`wallet:${id}`) === 0))
        return;
      const cause = newId();
      await play(world, {
        name: "repay",
        expected: world.books.repay(owner, agentIds),
        real: (db) => repayFromWallets({ db }, { cause, ownerId: owner, agentIds }),
      });
    },
  ),
);
