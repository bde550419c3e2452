import fc from "fast-check";
import { newId } from "#server/kernel/ids.ts";
import { failPayout } from "#server/ledger/fail-payout.ts";
import { settlePayout } from "#server/ledger/settle-payout.ts";
import { startPayout } from "#server/ledger/start-payout.ts";
import {
  giveAgain,
  grant,
  repay,
  returnUnspent,
  spendAndLose,
  takeBack,
  topUp,
  undoReturn,
} from "./ledger-card-commands.ts";
import { always, type Command, command, index, pick } from "./ledger-command.ts";
import { charge, freeze, hold, refund, release, returnHold, unfreeze } from "./ledger-task-commands.ts";
import { type Named, play, playAgain } from "./ledger-world.ts";
import type { PayoutBook } from "./reference-books.ts";

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
  ...times(3, repay),
  ...times(4, startPayouts),
  ...times(2, endPayout("settlePayout", "paid")),
  ...times(2, endPayout("failPayout", "failed")),
  ...times(2, again),
];
