import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { checkCash } from "#server/operators/nightly-checks.ts";
import type { TestOwner } from "#tests/support/city.ts";
import { dashboardOf } from "#tests/support/dashboard.ts";
import { type MoneyCity, startMoneyCity } from "./support/money-city.ts";
import { refundsOf } from "./support/scene.ts";

let city: MoneyCity;
beforeAll(async () => {
  city = await startMoneyCity();
});
afterAll(() => city?.stop());
afterEach(async () => {
  expect(await city.violations()).toEqual([]);
  expect(await checkCash(city.ctx())).toEqual({ ok: true });
});

/** Asks for card money back, and waits until the card company was asked. */
async function sendBack(owner: TestOwner, amount: number): Promise<number> {
  const { status } = await city.call("POST", "/vault/return", { token: owner.token, body: { amount } });
  await city.idle();
  return status;
}

/** A top-up of which the bank has taken part back. */
async function contested(owner: TestOwner, amount: number, taken: number) {
  const { topUpId, paymentId } = await city.topUp(owner, amount);
  const { id } = await city.stripe<{ id: string }>("POST", `/chargeback/${paymentId}`, { amount: taken });
  await city.deliverAbout(id);
  return { topUpId, disputeId: id };
}

test("what a chargeback left of a top-up cannot go back to its card; its owner may give it up to leave", async () => {
  const owner = await city.owner("Disputed");
  const { topUpId } = await contested(owner, 3_000, 1_000);
  await city.topUp(owner, 500);
  expect(await owner.client.vault.getPool()).toMatchObject({ balance: 2_500, returnable: 500 });
  expect(await sendBack(owner, 501)).toBe(402);
  expect(await sendBack(owner, 500)).toBe(200);
  expect(await refundsOf(city, topUpId)).toEqual([]);

  const dashboard = await dashboardOf(city, owner);
  expect(await dashboard.owners.closing.query()).toEqual({
    blockers: [{ kind: "balance", count: 1, amount: 2_000 }],
    canBeGivenUp: 2_000,
  });
  const { password } = owner;
  await expect(dashboard.owners.close.mutate({ password })).rejects.toMatchObject({
    data: { city: { code: "CONFLICT" } },
  });
  expect(await dashboard.owners.close.mutate({ password, giveUp: true })).toMatchObject({ closed: true });
});

test("a top-up whose chargeback was won goes back to its card like any other", async () => {
  const owner = await city.owner("Vindicated");
  const { topUpId, disputeId } = await contested(owner, 3_000, 1_000);
  await city.stripe("POST", `/disputes/${disputeId}/close`, { won: true });
  await city.deliverAbout(disputeId);
  expect(await owner.client.vault.getPool()).toMatchObject({ balance: 3_000, returnable: 3_000 });
  expect(await sendBack(owner, 3_000)).toBe(200);
  expect(await city.pool(owner)).toMatchObject({ balance: 0 });
  expect(await refundsOf(city, topUpId)).toMatchObject([{ amountCents: 3_000, status: "succeeded" }]);
});

test("all of it can be sent back at once, also where it is more than one top-up may bring", async () => {
  const owner = await city.owner("Rich");
  const paid = [await city.topUp(owner, 1_000_000), await city.topUp(owner, 1_000_000)];
  expect(await owner.client.vault.getPool()).toMatchObject({ returnable: 2_000_000 });
  expect(await sendBack(owner, 2_000_000)).toBe(200);
  expect(await city.pool(owner)).toMatchObject({ balance: 0 });
  for (const { topUpId } of paid) expect(await refundsOf(city, topUpId)).toMatchObject([{ amountCents: 1_000_000 }]);
});

test("nothing of an owner's card is kept once the account is closed", async () => {
  const owner = await city.owner("Leaves");
  await city.topUp(owner, 1_000);
  const cards = async () => {
    const kept = "select brand, last4 from payments.saved_card where owner_id = $1";
    return (await city.database.pool.query(kept, [owner.id])).rows;
  };
  expect(await cards()).toEqual([{ brand: "visa", last4: "4242" }]);
  expect(await sendBack(owner, 1_000)).toBe(200);
  const dashboard = await dashboardOf(city, owner);
  expect(await dashboard.owners.close.mutate({ password: owner.password })).toMatchObject({ closed: true });
  expect(await cards()).toEqual([]);
});
