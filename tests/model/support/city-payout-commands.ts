import fc from "fast-check";
import { PATIENT, until } from "#tests/support/until.ts";
import { type CityCommand, cityCommand, done, index, pick, request, times } from "./city-command.ts";
import { playDispute, playResolve } from "./city-verdict-commands.ts";
import type { CityWorld, ModelTask } from "./city-world.ts";
import type { Seller } from "./money-city.ts";
import { count } from "./tally.ts";

/** The agents of a seller's owner; this one's wallet is the last that repays a debt. */
const agentsOf = (world: CityWorld, seller: Seller) => [
  ...world.sellers
    .filter((other) => other.owner === seller.owner && other !== seller)
    .map(({ agent }) => agent.id)
    .toSorted(),
  seller.agent.id,
];

/** Asks for a withdrawal from one agent's wallet; on success all debts are repaid and the payout is under way, left open. */
async function playWithdrawal(world: CityWorld, seller: Seller, amount: number): Promise<void> {
  const sources = [{ agentId: seller.agent.id, amount }];
  const expected = world.books.withdraw(seller.owner.id, agentsOf(world, seller), sources) ?? "ok";
  const { body } = await request(world, "withdraw", expected, {
    method: "POST",
    path: "/vault/withdrawals",
    token: seller.owner.token,
    body: { amount, agentId: seller.agent.id },
  });
  if (expected !== "ok") return;
  const { id } = body.data as { id: string };
  const payoutId = await until(
    `withdrawal ${id} gets a payout`,
    async () => {
      const row = await world.city.database.prisma.withdrawal.findUniqueOrThrow({ where: { id } });
      if (row.failure) throw new Error(`withdrawal ${id} got no payout: ${row.failure}`);
      return row.payoutId;
    },
    PATIENT,
  );
  world.payouts.push({ id, seller, owner: seller.owner.id, sources, payoutId, state: "started", settled: false });
}

const canWithdraw = (world: CityWorld) => (seller: Seller) => world.books.of(`wallet:${seller.agent.id}`) >= 500;

const withdraw = fc.tuple(index, fc.double({ min: 0.4, max: 1.05, noNaN: true })).map(([at, part]) =>
  cityCommand(
    `withdraw(${at},${part})`,
    (world) => world.sellers.some(canWithdraw(world)),
    async (world) => {
      const able = world.sellers.filter(canWithdraw(world));
      const owing = able.filter((seller) => world.books.owed(seller.owner.id, agentsOf(world, seller)) > 0);
      const seller = pick(owing.length > 0 ? owing : able, at);
      const debt = world.books.owed(seller.owner.id, agentsOf(world, seller));
      const available = world.books.of(`wallet:${seller.agent.id}`) - debt;
      await playWithdrawal(world, seller, Math.max(500, Math.floor(available * part)));
    },
  ),
);

const paidOut = (world: CityWorld) => (task: ModelTask) =>
  done(task) && task.released && task.dispute === null && canWithdraw(world)(task.seller);

/** The buyer disputes after the seller has taken (nearly) everything out; sometimes it is decided for the buyer at once. */
const withdrawAndDispute = fc.tuple(index, fc.nat(400), fc.boolean()).map(([at, rest, decided]) =>
  cityCommand(
    `withdrawAndDispute(${at},${rest},${decided})`,
    (world) => world.tasks.some(paidOut(world)),
    async (world) => {
      const task = pick(world.tasks.filter(paidOut(world)), at);
      const available = world.books.of(`wallet:${task.seller.agent.id}`);
      await playWithdrawal(world, task.seller, Math.max(500, available - rest));
      await playDispute(world, task);
      if (decided) await playResolve(world, task, "buyer");
    },
  ),
);

const endPayout = (name: "payout paid" | "payout failed", ends: (state: string) => boolean) =>
  fc.tuple(index, fc.integer({ min: 1, max: 3 })).map(([at, copies]) =>
    cityCommand(
      `${name}(${at},${copies})`,
      (world) => world.payouts.some(({ state }) => ends(state)),
      async (world) => {
        const payout = pick(
          world.payouts.filter(({ state }) => ends(state)),
          at,
        );
        const paid = name === "payout paid";
        await world.city.stripe("POST", `/payouts/${payout.payoutId}/${paid ? "pay" : "fail"}`, {});
        await world.city.deliverAbout(payout.payoutId, { copies });
        const what = !paid && payout.state === "paid" ? "payout returned by the bank" : name;
        world.books[paid ? "settlePayout" : "failPayout"](payout);
        count(world.tally, what, null);
      },
    ),
  );

/** Money to banks. */
export const payoutCommands: fc.WeightedArbitrary<CityCommand>[] = [
  times(6, withdraw),
  times(8, withdrawAndDispute),
  times(
    6,
    endPayout("payout paid", (state) => state === "started"),
  ),
  times(
    2,
    endPayout("payout failed", (state) => state !== "failed"),
  ),
];
