import fc from "fast-check";
import { PATIENT, until } from "#tests/support/until.ts";
import { always, type CityCommand, cityCommand, index, pick, request, times } from "./city-command.ts";
import { type CityWorld, type ModelTopUp, owed } from "./city-world.ts";
import { count } from "./tally.ts";
import { readTasks } from "./task-rows.ts";

const owners = (world: CityWorld) => [...world.buyers, ...world.buyers, ...world.sellers.map(({ owner }) => owner)];

const GOOD_CARD = "4242424242424242";
/** Pays in person, and is declined when it is charged later. */
const BAD_CARD = "4000000000000341";

function arrive(world: CityWorld, topUp: Pick<ModelTopUp, "id" | "owner" | "paymentId" | "amount">): void {
  world.books.topUp(topUp.owner.id, topUp.amount);
  world.topUps.push({ ...topUp, returned: 0, contested: null, refunds: [] });
}

const topUp = fc
  .tuple(index, fc.integer({ min: 500, max: 60_000 }), fc.constantFrom(GOOD_CARD, GOOD_CARD, GOOD_CARD, BAD_CARD))
  .map(([at, amount, card]) =>
    cityCommand(`topUp(${at},${amount},${card})`, always, async (world) => {
      const owner = pick(owners(world), at);
      const { topUpId, paymentId } = await world.city.topUp(owner, amount, card);
      arrive(world, { id: topUpId, owner, paymentId, amount });
      world.badCards[card === BAD_CARD ? "add" : "delete"](owner.id);
      count(world.tally, "top-up through the payment page", null);
    }),
  );

const savedCard = fc.tuple(index, fc.integer({ min: 500, max: 9_000 })).map(([at, amount]) =>
  cityCommand(
    `savedCard(${at},${amount})`,
    (world) => world.topUps.length > 0,
    async (world) => {
      const { owner } = pick(world.topUps, at);
      const declined = world.badCards.has(owner.id);
      await request(world, "top-up by saved card", declined ? "PAYMENT_DECLINED" : "ok", {
        method: "POST",
        path: "/vault/top-up",
        token: owner.token,
        body: { amount, useSavedCard: true },
      });
      if (declined) return;
      const row = await world.city.database.prisma.topUp.findFirstOrThrow({
        where: { ownerId: owner.id, kind: "saved_card", status: "paid" },
        orderBy: { createdAt: "desc" },
      });
      arrive(world, { id: row.id, owner, paymentId: row.paymentIntentId ?? "", amount });
    },
  ),
);

const badAmount = fc
  .tuple(index, fc.constantFrom<unknown>(-1, 0, 499, 500.5, 1_000_001, 1e12, "500", null, true, [500]))
  .map(([at, amount]) =>
    cityCommand(`badAmount(${at},${JSON.stringify(amount)})`, always, async (world) => {
      // A withdrawal may be as large as the wallet.
      const path = amount === 1_000_001 ? "/vault/top-up" : pick(["/vault/top-up", "/vault/withdrawals"], at);
      const { token } = pick(owners(world), at);
      await request(world, `bad amount: ${path}`, "VALIDATION_ERROR", {
        method: "POST",
        path,
        token,
        body: { amount },
      });
    }),
  );

const left = (topUp: ModelTopUp) => topUp.amount - topUp.returned;
const untouched = (topUp: ModelTopUp) => topUp.contested === null && left(topUp) > 0;
/** The books of one top-up are kept in `ModelTopUp` here; the reference books only need the owner. */
const bookOf = (owner: string) => ({ owner, amount: 0, takenBack: [], givenAgain: [], returns: [], undone: [] });

const chargeback = index.map((at) =>
  cityCommand(
    `chargeback(${at})`,
    (world) => world.topUps.some(untouched),
    async (world) => {
      const topUp = pick(world.topUps.filter(untouched), at);
      const owner = topUp.owner.id;
      const amount = left(topUp);
      const debtBefore = owed(world, owner);
      const { id } = await world.city.stripe<{ id: string }>("POST", `/chargeback/${topUp.paymentId}`, {});
      await world.city.deliverAbout(id, { order: at % 2 === 0 ? "newest" : "oldest" });
      world.books.takeBack(bookOf(owner), amount);
      topUp.contested = { id, amount, state: "open" };
      count(world.tally, "chargeback", null);
      if (owed(world, owner) <= debtBefore) return;
      await seeCancelled(world, owner);
    },
  ),
);

/** A frozen owner's tasks that nobody has begun are cancelled, a moment later. */
async function seeCancelled(world: CityWorld, owner: string): Promise<void> {
  const waiting = world.tasks.filter((task) => task.owner === owner && task.life === "waiting");
  const rows = await until(
    "a frozen owner's tasks are cancelled",
    async () => {
      const found = await readTasks(
        world.city,
        waiting.map(({ id }) => id),
      );
      return found.every(({ status }) => status === "failed") && found;
    },
    PATIENT,
  );
  for (const row of rows) {
    const task = waiting.find(({ id }) => id === row.id);
    if (row.failureReason !== "cancelled" || !task) throw new Error(`task ${row.id} ended ${row.failureReason}`);
    world.books.returnHold(task);
    task.life = "over";
    count(world.tally, "cancelled by freeze", null);
  }
}

const contested = (topUp: ModelTopUp) => topUp.contested?.state === "open";

const closeChargeback = fc.tuple(index, fc.boolean()).map(([at, won]) =>
  cityCommand(
    `closeChargeback(${at},${won})`,
    (world) => world.topUps.some(contested),
    async (world) => {
      const topUp = pick(world.topUps.filter(contested), at);
      if (!topUp.contested) return;
      const { id, amount } = topUp.contested;
      await world.city.stripe("POST", `/disputes/${id}/close`, { won });
      await world.city.deliverAbout(id, { copies: 2 });
      topUp.contested.state = won ? "won" : "lost";
      count(world.tally, won ? "chargeback won" : "chargeback lost", null);
      if (won) world.books.topUp(topUp.owner.id, amount);
    },
  ),
);

/** A card company refunds no payment that its bank contests or has taken back; one that was won back it does. */
const isRefundable = ({ contested }: ModelTopUp) => contested === null || contested.state === "won";
const canSendBack = (world: CityWorld) =>
  [...world.buyers, ...world.sellers.map(({ owner }) => owner)].filter(({ id }) => {
    const mine = world.topUps.filter(({ owner }) => owner.id === id);
    return mine.length > 0 && mine.every(isRefundable) && world.books.of(`pool:${id}`) > 0;
  });

const sendBack = fc.tuple(index, fc.double({ min: 0.05, max: 1.02, noNaN: true })).map(([at, part]) =>
  cityCommand(
    `sendBack(${at},${part})`,
    (world) => canSendBack(world).length > 0,
    async (world) => {
      const owner = pick(canSendBack(world), at);
      const mine = world.topUps.filter((candidate) => candidate.owner.id === owner.id);
      const cards = mine.reduce((sum, candidate) => sum + left(candidate), 0);
      const most = Math.min(world.books.of(`pool:${owner.id}`), cards);
      const amount = Math.max(1, Math.floor(most * part));
      const expected = owed(world, owner.id) > 0 ? "CONFLICT" : amount > most ? "INSUFFICIENT_CREDITS" : "ok";
      await request(world, "send back to the card", expected, {
        method: "POST",
        path: "/vault/return",
        token: owner.token,
        body: { amount },
      });
      if (expected !== "ok") return;
      world.books.returnUnspent(bookOf(owner.id), amount);
      await noteRefunds(world, mine, amount);
    },
  ),
);

/** Waits until Stripe has refunds of the whole amount, and notes which payments they belong to. */
async function noteRefunds(world: CityWorld, mine: ModelTopUp[], amount: number): Promise<void> {
  const known = mine.flatMap(({ refunds }) => refunds.map(({ id }) => id));
  const made = await until(
    `${amount} goes to cards`,
    async () => {
      const { rows } = await world.city.database.pool.query<{ id: string; amount: number; topUpId: string }>(
        `select id, (data->>'amount')::int as amount, data->'metadata'->>'topUpId' as "topUpId"
       from stripe_stand_in.object where kind = 'refund' and data->'metadata'->>'topUpId' = any($1) and id <> all($2)`,
        [mine.map(({ id }) => id), known],
      );
      const sum = rows.reduce((total, refund) => total + refund.amount, 0);
      if (sum > amount) throw new Error(`${sum} went to cards, not ${amount}`);
      return sum === amount && rows;
    },
    PATIENT,
  );
  for (const { id, amount: cents, topUpId } of made) {
    const topUp = mine.find((candidate) => candidate.id === topUpId);
    topUp?.refunds.push({ id, amount: cents, failed: false });
    if (topUp) topUp.returned += cents;
  }
}

const refunded = ({ refunds }: ModelTopUp) => refunds.some(({ failed }) => !failed);

const failReturn = index.map((at) =>
  cityCommand(
    `failReturn(${at})`,
    (world) => world.topUps.some(refunded),
    async (world) => {
      const topUp = pick(world.topUps.filter(refunded), at);
      const refund = topUp.refunds.find(({ failed }) => !failed);
      if (!refund) return;
      await world.city.stripe("POST", `/refunds/${refund.id}/fail`, {});
      await world.city.deliverAbout(refund.id, { copies: 2 });
      refund.failed = true;
      topUp.returned -= refund.amount;
      world.books.undoReturn(bookOf(topUp.owner.id), refund.amount);
      count(world.tally, "return refused by the bank", null);
    },
  ),
);

/** Money from and to cards. */
export const cardCommands: fc.WeightedArbitrary<CityCommand>[] = [
  times(4, topUp),
  times(4, savedCard),
  times(1, badAmount),
  times(2, chargeback),
  times(4, closeChargeback),
  times(3, sendBack),
  times(2, failReturn),
];
