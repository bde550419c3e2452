import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import type { OwnerActor } from "#server/auth/actor.ts";
import type { Ctx } from "#server/context.ts";
import { compareCash } from "#server/payments/compare-cash.ts";
import { connectLink } from "#server/payments/connect-link.ts";
import { bookTransfer } from "#server/payments/events/transfer.ts";
import { failWithdrawal } from "#server/payments/fail-withdrawal.ts";
import { processWithdrawal } from "#server/payments/process-withdrawal.ts";
import { reconcilePayments } from "#server/payments/reconcile.ts";
import { recordAccount } from "#server/payments/sync-connect-account.ts";
import type { PaymentsPort } from "#server/ports/payments.ts";
import { DAY, MINUTE } from "#tests/support/durations.ts";
import { ownerActor } from "./support/moments.ts";
import { chargedTask, type MoneyCity, type Seller, startMoneyCity } from "./support/money-city.ts";
import { makeScene, walletOf, withdrawAll } from "./support/scene.ts";

let city: MoneyCity;
beforeAll(async () => {
  city = await startMoneyCity();
});
afterAll(() => city?.stop());
afterEach(async () => {
  expect(await city.violations()).toEqual([]);
});

const reconcile = () => reconcilePayments(city.ctx(), { settlingMinutes: 0 });
const withdrawalOf = (id: string) => city.database.prisma.withdrawal.findUniqueOrThrow({ where: { id } });

async function accountOf(ownerId: string): Promise<string> {
  const { stripeAccountId } = await city.database.prisma.connectAccount.findUniqueOrThrow({ where: { ownerId } });
  return stripeAccountId;
}

/** A seller with 850 cents to withdraw. */
async function earner(): Promise<Seller> {
  const { buyer, seller } = await makeScene(city);
  await chargedTask(city, buyer, seller, 1_500);
  await city.advance(15 * MINUTE);
  return seller;
}

/** Its withdrawal, whose transfer was refused once and is to be tried again. */
async function untransferred(): Promise<{ seller: Seller; id: string }> {
  const seller = await earner();
  await city.stripe("POST", "/faults", { kind: "transfer_refused" });
  return { seller, id: await withdrawAll(city, seller, "leave") };
}

/** The same context, in which something of the card company's goes another way. */
function having<C extends Ctx>(ctx: C, changes: Partial<PaymentsPort>): C {
  return { ...ctx, ports: { ...ctx.ports, payments: { ...ctx.ports.payments, ...changes } } };
}

test("money that went to a seller for no withdrawal is overdue after days, as the city counts them", async () => {
  const { owner } = await earner();
  await city.connectBank(owner);
  const { payments } = city.ctx().ports;
  const metadata = { withdrawalId: "nobody-s" };
  const order = { accountId: await accountOf(owner.id), amountCents: 850, transferGroup: "apart", metadata };
  const { id: transferId } = await payments.createTransfer(order, `apart:${owner.id}`);
  expect(await compareCash(city.ctx())).toMatchObject({ ok: true, leaving: 850, overdue: 0 });
  await city.advance(5 * DAY);
  expect(await compareCash(city.ctx())).toMatchObject({ ok: false, difference: 0, overdue: 850 });
  await payments.reverseTransfer({ transferId, amountCents: 850, metadata }, `apart-back:${owner.id}`);
  expect(await compareCash(city.ctx())).toMatchObject({ ok: true, leaving: 0, overdue: 0 });
});

test("a transfer taken back, of which no webhook tells, ends its withdrawal at the next round", async () => {
  const seller = await earner();
  await city.stripe("POST", "/faults", { kind: "error_503", path: "/v1/payouts", times: 1_000 });
  const id = await withdrawAll(city, seller, "leave");
  const { status, transferId, payoutId } = await withdrawalOf(id);
  expect([status, payoutId]).toEqual(["processing", null]);
  const order = { transferId: transferId ?? "", amountCents: 850, metadata: {} };
  await city.ctx().ports.payments.reverseTransfer(order, `taken-back:${id}`);
  await city.stripe("DELETE", "/faults", {});
  const { repaired, unresolved } = await reconcile();
  expect(unresolved).toEqual([]);
  expect(repaired).toContain(`withdrawal ${id} has failed: ${transferId} was taken back`);
  expect(await withdrawalOf(id)).toMatchObject({ status: "failed" });
  expect(await walletOf(seller)).toMatchObject({ available: 850 });
  expect((await reconcile()).repaired).toEqual([]);
});

test("a withdrawal that fails while its transfer is under way is in the wallet alone: nothing is paid out, all is taken back", async () => {
  const { seller, id } = await untransferred();
  const ctx = city.ctx();
  const { payments } = ctx.ports;
  let transferId = "";
  const slow = having(ctx, {
    async createTransfer(input, key) {
      const transfer = await payments.createTransfer(input, key);
      transferId = transfer.id;
      await failWithdrawal(ctx, { withdrawalId: id, reason: "Refused for another runner." });
      return transfer;
    },
    createPayout: () => expect.unreachable("It was paid out."),
  });
  expect(await processWithdrawal(slow, { withdrawalId: id })).toEqual({ state: "failed" });
  expect(await payments.getTransfer(transferId)).toMatchObject({ amountCents: 850, reversedCents: 850 });
  expect(await walletOf(seller)).toMatchObject({ available: 850 });
  expect((await reconcile()).unresolved).toEqual([]);
});

test("a transfer whose answer was lost, for a withdrawal that had failed by then, is taken back by reconciliation", async () => {
  const { seller, id } = await untransferred();
  const ctx = city.ctx();
  const { payments } = ctx.ports;
  let transferId = "";
  const losing = having(ctx, {
    async createTransfer(input, key) {
      transferId = (await payments.createTransfer(input, key)).id;
      await failWithdrawal(ctx, { withdrawalId: id, reason: "Refused for another runner." });
      throw new Error("The answer was lost.");
    },
  });
  await expect(processWithdrawal(losing, { withdrawalId: id })).rejects.toThrow("lost");
  expect(await walletOf(seller)).toMatchObject({ available: 850 });
  const { repaired, unresolved } = await reconcile();
  expect(unresolved).toEqual([]);
  expect(repaired).toContain(`withdrawal ${id} has failed: ${transferId} was taken back`);
  expect(await payments.getTransfer(transferId)).toMatchObject({ reversedCents: 850 });
  expect(await walletOf(seller)).toMatchObject({ available: 850 });
});

test("a withdrawal whose transfer is recorded while it is being given up takes that back before the wallet has it", async () => {
  const seller = await earner();
  await city.stripe("POST", "/faults", { kind: "error_503", path: "/v1/payouts", times: 1_000 });
  const id = await withdrawAll(city, seller, "leave");
  await city.stripe("DELETE", "/faults", {});
  const ctx = city.ctx();
  const { transferId } = await withdrawalOf(id);
  const { withdrawal } = city.database.prisma;
  const read = vi.spyOn(withdrawal, "findUnique");
  read.mockResolvedValueOnce({ ...(await withdrawalOf(id)), transferId: null } as never);
  expect(await failWithdrawal(ctx, { withdrawalId: id, reason: "Refused." })).toEqual({ state: "failed" });
  expect(read).toHaveBeenCalledTimes(2);
  read.mockRestore();
  expect(await ctx.ports.payments.getTransfer(transferId ?? "")).toMatchObject({ reversedCents: 850 });
  expect(await walletOf(seller)).toMatchObject({ available: 850 });
});

test("the transfer that was booked for a withdrawal stays its own, whatever a late answer names", async () => {
  const { id } = await untransferred();
  expect(await withdrawalOf(id)).toMatchObject({ transferId: null });
  const ctx = city.ctx();
  const { payments } = ctx.ports;
  const { ownerId } = await withdrawalOf(id);
  const accountId = await accountOf(ownerId);
  const order = { accountId, amountCents: 850, transferGroup: `withdrawal:${id}`, metadata: { withdrawalId: id } };
  const booked = await payments.createTransfer(order, `booked:${id}`);
  let late = "";
  const slow = having(ctx, {
    async createTransfer(input, key) {
      const transfer = await payments.createTransfer(input, key);
      await bookTransfer(ctx, booked);
      late = transfer.id;
      return transfer;
    },
  });
  expect(await processWithdrawal(slow, { withdrawalId: id })).toEqual({ state: "processing" });
  expect(late).not.toBe(booked.id);
  expect(await withdrawalOf(id)).toMatchObject({ transferId: booked.id });
  const { unresolved } = await reconcile();
  expect(unresolved).toEqual([`withdrawal ${id} was transferred twice: ${booked.id} and ${late}`]);
  await payments.reverseTransfer({ transferId: late, amountCents: 850, metadata: {} }, `late-back:${id}`);
  expect((await reconcile()).unresolved).toEqual([]);
});

test("an owner for whom two accounts were made is sent to the one that payouts will go to", async () => {
  const owner = await city.owner("Twice");
  const ctx = city.ctx(ownerActor(owner.id)) as Ctx<OwnerActor>;
  const { payments } = ctx.ports;
  const metadata = { ownerId: owner.id };
  const first = await payments.createAccount({ email: owner.email, metadata }, `first-account:${owner.id}`);
  const linked: string[] = [];
  const slow = having(ctx, {
    async createAccount(input, key) {
      const account = await payments.createAccount(input, key);
      // The webhook of the first comes before this answer.
      await recordAccount(ctx, first);
      return account;
    },
    async createAccountLink(input, key) {
      linked.push(input.accountId);
      return payments.createAccountLink(input, key);
    },
  });
  await connectLink(slow);
  expect(linked).toEqual([first.id]);
  expect(await accountOf(owner.id)).toBe(first.id);
});
