import fc from "fast-check";
import { always, cityCommand, index, pick, request, times } from "./city-command.ts";
import { done, playDispute, playResolve } from "./city-task-commands.ts";
import { type CityWorld, type ModelTask, type ModelTopUp, owed } from "./city-world.ts";
import type { Seller } from "./money-city.ts";
import { count } from "./tally.ts";

const owners = (world: CityWorld) => [...world.buyers, ...world.buyers, ...world.sellers.map(({ owner }) => owner)];

const topUp = fc.tuple(index, fc.integer({ min: 500, max: 40_000 })).map(([at, amount]) =>
  cityCommand(`topUp(${at},${amount})`, always, async (world) => {
    const owner = pick(owners(world), at);
    const { topUpId, paymentId } = await world.city.topUp(owner, amount);
    world.books.topUp(owner.id, amount);
    if (owed(world, owner.id) === 0) world.frozen.delete(owner.id);
    world.topUps.push({ id: topUpId, owner, paymentId, amount, returned: 0, contested: null, refunds: [] });
    count(world.tally, "top-up through the payment page", null);
  }),
);

const savedCard = fc.tuple(index, fc.integer({ min: 500, max: 9_000 }), fc.boolean()).map(([at, amount, declined]) =>
  cityCommand(
    `savedCard(${at},${amount},${declined})`,
    (world) => world.topUps.length > 0,
    async (world) => {
      const { owner } = pick(world.topUps, at);
      if (declined) await world.city.stripe("POST", "/faults", { kind: "charge_declined", code: "insufficient_funds" });
      await request(world, "top-up by saved card", declined ? "PAYMENT_DECLINED" : "ok", {
        method: "POST",
        path: "/vault/top-up",
        token: owner.token,
        body: { amount, useSavedCard: true },
      });
      await world.city.deliver();
      if (declined) return;
      world.books.topUp(owner.id, amount);
      if (owed(world, owner.id) === 0) world.frozen.delete(owner.id);
      const row = await world.city.database.prisma.topUp.findFirstOrThrow({
        where: { ownerId: owner.id, kind: "saved_card", status: "paid" },
        orderBy: { createdAt: "desc" },
      });
      world.topUps.push({
        id: row.id,
        owner,
        paymentId: row.paymentIntentId ?? "",
        amount,
        returned: 0,
        contested: null,
        refunds: [],
      });
    },
  ),
);

const badAmount = fc
  .tuple(index, fc.constantFrom<unknown>(-1, 0, 499, 500.5, 1_000_001, 1e12, "500", null, true, [500]))
  .map(([at, amount]) =>
    cityCommand(`badAmount(${at},${JSON.stringify(amount)})`, always, async (world) => {
      const owner = pick(owners(world), at);
      const path = pick(["/vault/top-up", "/vault/withdrawals"], at);
      // A withdrawal may be as large as the wallet.
      const refused = path === "/vault/withdrawals" && amount === 1_000_001 ? null : "VALIDATION_ERROR";
      if (refused)
        await request(world, `bad amount: ${path}`, refused, {
          method: "POST",
          path,
          token: owner.token,
          body: { amount },
        });
    }),
  );

/** Asks for a withdrawal; on success the payout is under way, and left open. */
export async function playWithdrawal(world: CityWorld, seller: Seller, amount: number): Promise<void> {
  const available = world.books.of(`wallet:${seller.agent.id}`);
  const indebted = owed(world, seller.owner.id) > 0 || world.books.of(`receivable:agent:${seller.agent.id}`) < 0;
  const expected = indebted ? "CONFLICT" : amount > available ? "INSUFFICIENT_CREDITS" : "ok";
  const { body } = await request(world, "withdraw", expected, {
    method: "POST",
    path: "/vault/withdrawals",
    token: seller.owner.token,
    body: { amount },
  });
  if (expected !== "ok") return;
  const sources = [{ agentId: seller.agent.id, amount }];
  world.books.startPayout(seller.owner.id, sources);
  await world.city.idle();
  const id = (body.data as { id: string }).id;
  const row = await world.city.database.prisma.withdrawal.findUniqueOrThrow({ where: { id } });
  if (!row.payoutId) throw new Error(`withdrawal ${id} got no payout: ${row.failure}`);
  const payout = { id, seller, owner: seller.owner.id, sources, payoutId: row.payoutId };
  world.payouts.push({ ...payout, state: "started", settled: false });
}

const canWithdraw = (world: CityWorld) => (seller: Seller) => world.books.of(`wallet:${seller.agent.id}`) >= 500;

const withdraw = fc.tuple(index, fc.double({ min: 0.4, max: 1.05, noNaN: true })).map(([at, part]) =>
  cityCommand(
    `withdraw(${at},${part})`,
    (world) => world.sellers.some(canWithdraw(world)),
    async (world) => {
      const seller = pick(world.sellers.filter(canWithdraw(world)), at);
      const available = world.books.of(`wallet:${seller.agent.id}`);
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

const endPayout = (name: "payout paid" | "payout failed") =>
  fc.tuple(index, fc.integer({ min: 1, max: 3 })).map(([at, copies]) =>
    cityCommand(
      `${name}(${at},${copies})`,
      (world) => world.payouts.some(({ state }) => state === "started" || name === "payout failed"),
      async (world) => {
        const fitting = world.payouts.filter(({ state }) =>
          name === "payout paid" ? state === "started" : state !== "failed",
        );
        const payout = pick(fitting, at);
        if (!payout) return;
        await world.city.stripe("POST", `/payouts/${payout.payoutId}/${name === "payout paid" ? "pay" : "fail"}`, {});
        await world.city.deliver({ copies });
        if (name === "payout paid") world.books.settlePayout(payout);
        else {
          count(world.tally, payout.state === "paid" ? "payout returned by the bank" : "payout failed", null);
          world.books.failPayout(payout);
          return;
        }
        count(world.tally, name, null);
      },
    ),
  );

const left = (topUp: ModelTopUp) => topUp.amount - topUp.returned;
const untouched = (topUp: ModelTopUp) => topUp.contested === null && left(topUp) > 0;

const chargeback = index.map((at) =>
  cityCommand(
    `chargeback(${at})`,
    (world) => world.topUps.some(untouched),
    async (world) => {
      const topUp = pick(world.topUps.filter(untouched), at);
      const amount = left(topUp);
      const debtBefore = owed(world, topUp.owner.id);
      const { id } = await world.city.stripe<{ id: string }>("POST", `/chargeback/${topUp.paymentId}`, {});
      await world.city.deliver({ order: at % 2 === 0 ? "newest" : "oldest" });
      world.books.takeBack(
        { owner: topUp.owner.id, amount: 0, takenBack: [], givenAgain: [], returns: [], undone: [] },
        amount,
      );
      topUp.contested = { id, amount, state: "open" };
      if (owed(world, topUp.owner.id) > debtBefore) world.frozen.add(topUp.owner.id);
      count(world.tally, "chargeback", null);
    },
  ),
);

const contested = (topUp: ModelTopUp) => topUp.contested?.state === "open";

const closeChargeback = fc.tuple(index, fc.boolean()).map(([at, won]) =>
  cityCommand(
    `closeChargeback(${at},${won})`,
    (world) => world.topUps.some(contested),
    async (world) => {
      const topUp = pick(world.topUps.filter(contested), at);
      if (!topUp.contested) return;
      await world.city.stripe("POST", `/disputes/${topUp.contested.id}/close`, { won });
      await world.city.deliver({ copies: 2 });
      topUp.contested.state = won ? "won" : "lost";
      count(world.tally, won ? "chargeback won" : "chargeback lost", null);
      if (!won) return;
      world.books.topUp(topUp.owner.id, topUp.contested.amount);
      if (owed(world, topUp.owner.id) === 0) world.frozen.delete(topUp.owner.id);
    },
  ),
);

/** What of a top-up could still go back to its card, as the product counts it. */
const returnable = (topUp: ModelTopUp) => {
  if (topUp.contested && topUp.contested.state !== "won") return 0;
  return left(topUp);
};

const sendBack = fc.tuple(index, fc.double({ min: 0.05, max: 1.02, noNaN: true })).map(([at, part]) =>
  cityCommand(
    `sendBack(${at},${part})`,
    (world) => world.topUps.length > 0,
    async (world) => {
      const { owner } = pick(world.topUps, at);
      const mine = world.topUps.filter((candidate) => candidate.owner.id === owner.id);
      // A card company does not refund a payment that its bank has contested, whatever came of it.
      if (mine.some((candidate) => candidate.contested !== null)) return;
      const most = Math.min(
        world.books.of(`pool:${owner.id}`),
        mine.reduce((sum, candidate) => sum + returnable(candidate), 0),
      );
      const amount = Math.max(1, Math.floor(most * part));
      const expected = owed(world, owner.id) > 0 ? "CONFLICT" : amount > most ? "INSUFFICIENT_CREDITS" : "ok";
      await request(world, "send back to the card", expected, {
        method: "POST",
        path: "/vault/return",
        token: owner.token,
        body: { amount },
      });
      if (expected !== "ok") return;
      await world.city.idle();
      await world.city.deliver();
      await bookRefunds(world, mine, amount);
    },
  ),
);

async function bookRefunds(world: CityWorld, mine: ModelTopUp[], amount: number): Promise<void> {
  let found = 0;
  for (const topUp of mine) {
    const refunds = world.city
      .ctx()
      .ports.payments.list("refund", { since: new Date(0).toISOString(), metadata: { topUpId: topUp.id } });
    for await (const refund of refunds) {
      if (topUp.refunds.some(({ id }) => id === refund.id)) continue;
      topUp.refunds.push({
        id: refund.id,
        key: refund.metadata.returnKey ?? "",
        amount: refund.amountCents,
        failed: false,
      });
      topUp.returned += refund.amountCents;
      found += refund.amountCents;
    }
  }
  if (found !== amount) throw new Error(`${found} went to cards, not ${amount}`);
  const owner = mine[0]?.owner.id ?? "";
  world.books.returnUnspent({ owner, amount: 0, takenBack: [], givenAgain: [], returns: [], undone: [] }, amount);
}

const failReturn = index.map((at) =>
  cityCommand(
    `failReturn(${at})`,
    (world) => world.topUps.some(({ refunds }) => refunds.some(({ failed }) => !failed)),
    async (world) => {
      const topUp = pick(
        world.topUps.filter(({ refunds }) => refunds.some(({ failed }) => !failed)),
        at,
      );
      const refund = topUp.refunds.find(({ failed }) => !failed);
      if (!refund) return;
      await world.city.stripe("POST", `/refunds/${refund.id}/fail`, {});
      await world.city.deliver({ copies: 2 });
      refund.failed = true;
      topUp.returned -= refund.amount;
      world.books.undoReturn(
        { owner: topUp.owner.id, amount: 0, takenBack: [], givenAgain: [], returns: [], undone: [] },
        refund.amount,
      );
      count(world.tally, "return refused by the bank", null);
    },
  ),
);

export const moneyCommands = [
  ...times(5, topUp),
  savedCard,
  badAmount,
  ...times(3, withdraw),
  ...times(3, withdrawAndDispute),
  ...times(2, endPayout("payout paid")),
  endPayout("payout failed"),
  chargeback,
  ...times(2, closeChargeback),
  sendBack,
  failReturn,
];
