import fc from "fast-check";
import { newId } from "#server/kernel/ids.ts";
import { chargeBackTopUp } from "#server/ledger/charge-back-top-up.ts";
import { creditTopUp } from "#server/ledger/credit-top-up.ts";
import { grantStarterCredits } from "#server/ledger/grant-starter-credits.ts";
import { reinstateTopUp } from "#server/ledger/reinstate-top-up.ts";
import { returnTopUp } from "#server/ledger/return-top-up.ts";
import { undoMove } from "#server/ledger/undo-move.ts";
import { always, cents, command, index, pick } from "./ledger-command.ts";
import { playHold } from "./ledger-task-commands.ts";
import { type LedgerWorld, type Named, play } from "./ledger-world.ts";
import type { TopUpBook } from "./reference-books.ts";

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

export const topUp = fc.tuple(index, cents).map(([at, amount]) =>
  command(`topUp(${at},${amount})`, always, async (world) => {
    // Mostly buyers; a seller's pool matters too, it may be in debt.
    await playTopUp(world, pick(at % 7 === 0 ? world.owners : world.owners.slice(0, 2), at), amount);
  }),
);

export const grant = fc.tuple(index, cents).map(([at, amount]) =>
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

export const takeBack = fc.tuple(index, fc.double({ min: 0.1, max: 1, noNaN: true })).map(([at, part]) =>
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
export async function playSpendAndLose(world: LedgerWorld, owner: string, at: number, amount: number): Promise<void> {
  const topUp = await playTopUp(world, owner, amount);
  await playHold(world, owner, at, Math.min(1_000_000, world.books.of(`pool:${owner}`)));
  await playTakeBack(world, topUp, amount);
}

export const spendAndLose = fc
  .tuple(index, cents)
  .map(([at, amount]) =>
    command(`spendAndLose(${at},${amount})`, always, (world) =>
      playSpendAndLose(world, pick(world.owners, at), at, amount),
    ),
  );

export const giveAgain = index.map((at) =>
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

export const returnUnspent = fc.tuple(index, fc.double({ min: 0.1, max: 1, noNaN: true })).map(([at, part]) =>
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

export const undoReturn = index.map((at) =>
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
