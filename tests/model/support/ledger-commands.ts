import type fc from "fast-check";
import { giveAgain, grant, returnUnspent, spendAndLose, takeBack, topUp, undoReturn } from "./ledger-card-commands.ts";
import { type Command, command, index } from "./ledger-command.ts";
import { endPayout, repay, startPayouts } from "./ledger-payout-commands.ts";
import { charge, freeze, hold, refund, release, returnHold, unfreeze } from "./ledger-task-commands.ts";
import { playAgain } from "./ledger-world.ts";

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
