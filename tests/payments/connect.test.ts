import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { key, onboardedSeller, paidCustomer, type Scene, startScene } from "./support.ts";

let scene: Scene;

beforeAll(async () => {
  scene = await startScene();
});

afterAll(() => scene?.stop());

const transferTo = (accountId: string, amountCents: number, idempotencyKey = key()) =>
  scene.payments.createTransfer(
    { accountId, amountCents, transferGroup: `withdrawal:${idempotencyKey}`, metadata: { withdrawalId: "w1" } },
    idempotencyKey,
  );

describe("a seller's account", () => {
  it("cannot receive or pay out before onboarding, and can after it", async () => {
    const account = await scene.payments.createAccount({ email: "s@example.com", metadata: { ownerId: "o7" } }, key());
    expect(account).toMatchObject({
      transfersActive: false,
      payoutsEnabled: false,
      detailsSubmitted: false,
      restricted: false,
    });
    expect(account.requirementsDue).toContain("external_account");
    await expect(transferTo(account.id, 100)).rejects.toMatchObject({
      kind: "invalid",
      reason: "insufficient_capabilities_for_transfer",
    });

    const links = {
      accountId: account.id,
      refreshUrl: "http://127.0.0.1:9/again",
      returnUrl: "http://127.0.0.1:9/back",
    };
    const link = await scene.payments.createAccountLink(links, key());
    expect(Date.parse(link.expiresAt)).toBeGreaterThan(Date.now());

    await scene.control(`/onboard/${account.id}`);
    const { event } = await scene.receiver.until("account.updated", account.id);
    expect(event.accountId).toBe(account.id);
    expect(await scene.payments.getAccount(account.id)).toMatchObject({
      transfersActive: true,
      payoutsEnabled: true,
      detailsSubmitted: true,
      requirementsDue: [],
      metadata: { ownerId: "o7" },
    });
  });

  it("refuses transfers while it is restricted and says why", async () => {
    await paidCustomer(scene, 1000);
    const accountId = await onboardedSeller(scene);
    await scene.control(`/restrict/${accountId}`);
    expect(await scene.payments.getAccount(accountId)).toMatchObject({
      restricted: true,
      payoutsEnabled: false,
      disabledReason: "requirements.past_due",
      requirementsDue: ["individual.verification.document"],
    });
    await expect(transferTo(accountId, 100)).rejects.toMatchObject({ kind: "invalid", outcome: "refused" });
  });
});

describe("transfer and payout", () => {
  it("moves the money once from platform to seller to bank, and ends as paid", async () => {
    await paidCustomer(scene, 5000);
    const before = await scene.payments.getBalance();
    const accountId = await onboardedSeller(scene);
    const transfer = await transferTo(accountId, 3000);
    expect(transfer).toMatchObject({
      amountCents: 3000,
      accountId,
      reversedCents: 0,
      metadata: { withdrawalId: "w1" },
    });
    expect((await scene.payments.getBalance()).availableCents).toBe(before.availableCents - 3000);
    expect(await scene.payments.getBalance(accountId)).toEqual({ availableCents: 3000, pendingCents: 0 });

    const payout = await scene.payments.createPayout(
      { accountId, amountCents: 3000, metadata: { withdrawalId: "w1" } },
      key(),
    );
    expect(payout).toMatchObject({ status: "pending", amountCents: 3000, accountId });
    const { event } = await scene.receiver.until("payout.paid", payout.id);
    expect(event.accountId).toBe(accountId);
    expect(await scene.payments.getPayout(accountId, payout.id)).toMatchObject({ status: "paid", failureCode: null });
    expect((await scene.payments.getBalance(accountId)).availableCents).toBe(0);
  });

  it("returns the money to the seller's balance when the bank refuses the payout", async () => {
    await paidCustomer(scene, 5000);
    const accountId = await onboardedSeller(scene, "000111111116");
    await transferTo(accountId, 700);
    const payout = await scene.payments.createPayout({ accountId, amountCents: 700, metadata: {} }, key());
    await scene.receiver.until("payout.failed", payout.id);
    expect(await scene.payments.getPayout(accountId, payout.id)).toMatchObject({
      status: "failed",
      failureCode: "no_account",
    });
    expect((await scene.payments.getBalance(accountId)).availableCents).toBe(700);
    // The bank account is set aside: the owner has to name another one.
    expect(await scene.payments.getAccount(accountId)).toMatchObject({
      payoutsEnabled: false,
      transfersActive: true,
      requirementsDue: ["external_account"],
    });
  });

  it("can fail after it was paid, because a bank may send money back later", async () => {
    await paidCustomer(scene, 5000);
    const accountId = await onboardedSeller(scene);
    await transferTo(accountId, 700);
    const payout = await scene.payments.createPayout({ accountId, amountCents: 700, metadata: {} }, key());
    await scene.receiver.until("payout.paid", payout.id);
    await scene.control(`/payouts/${payout.id}/fail`);
    await scene.receiver.until("payout.failed", payout.id);
    await scene.control(`/payouts/${payout.id}/fail`);
    expect((await scene.payments.getBalance(accountId)).availableCents).toBe(700);
  });

  it("never pays out more than the seller has", async () => {
    const accountId = await onboardedSeller(scene);
    await expect(scene.payments.createPayout({ accountId, amountCents: 1, metadata: {} }, key())).rejects.toMatchObject(
      { kind: "insufficient_balance", outcome: "refused" },
    );
  });

  it("takes a transfer back only as far as the seller's balance covers it", async () => {
    await paidCustomer(scene, 5000);
    const accountId = await onboardedSeller(scene);
    const transfer = await transferTo(accountId, 1000);
    const part = await scene.payments.reverseTransfer(
      { transferId: transfer.id, amountCents: 400, metadata: {} },
      key(),
    );
    expect(part).toMatchObject({ reversedCents: 400 });
    await scene.payments.createPayout({ accountId, amountCents: 600, metadata: {} }, key());
    await expect(
      scene.payments.reverseTransfer({ transferId: transfer.id, amountCents: 600, metadata: {} }, key()),
    ).rejects.toMatchObject({ kind: "insufficient_balance" });
  });
});

describe("the platform's balance", () => {
  it("refuses a transfer it does not cover, keeps that answer under the key, and accepts a new key later", async () => {
    const empty = await startScene();
    try {
      const accountId = await onboardedSeller(empty);
      const transfer = { accountId, amountCents: 800, transferGroup: "g", metadata: {} };
      const first = key();
      await expect(empty.payments.createTransfer(transfer, first)).rejects.toMatchObject({
        kind: "insufficient_balance",
        outcome: "refused",
        replayed: false,
      });
      await empty.control("/funds/add", { amount: 800 });
      await expect(empty.payments.createTransfer(transfer, first)).rejects.toMatchObject({
        kind: "insufficient_balance",
        replayed: true,
      });
      expect(await empty.payments.createTransfer(transfer, key())).toMatchObject({ amountCents: 800 });
      expect(await empty.payments.getBalance()).toEqual({ availableCents: 0, pendingCents: 0 });
    } finally {
      await empty.stop();
    }
  });

  it("keeps charged money pending when asked to, as Stripe does with most cards", async () => {
    const slow = await startScene({ settings: { funds: "pending" } });
    try {
      await paidCustomer(slow, 1000);
      expect(await slow.payments.getBalance()).toEqual({ availableCents: 0, pendingCents: 1000 });
      await slow.control("/funds/release");
      expect(await slow.payments.getBalance()).toEqual({ availableCents: 1000, pendingCents: 0 });
    } finally {
      await slow.stop();
    }
  });

  it("never goes below zero however many transfers race for it", async () => {
    const rush = await startScene();
    try {
      await rush.control("/funds/add", { amount: 1000 });
      const accountId = await onboardedSeller(rush);
      const attempts = Array.from({ length: 20 }, (_, i) =>
        rush.payments.createTransfer({ accountId, amountCents: 100, transferGroup: `g${i}`, metadata: {} }, key()),
      );
      const outcomes = await Promise.allSettled(attempts);
      expect(outcomes.filter((outcome) => outcome.status === "fulfilled")).toHaveLength(10);
      expect(await rush.payments.getBalance()).toEqual({ availableCents: 0, pendingCents: 0 });
      expect(await rush.payments.getBalance(accountId)).toEqual({ availableCents: 1000, pendingCents: 0 });
    } finally {
      await rush.stop();
    }
  });
});

describe("reconciliation", () => {
  it("finds our objects again by metadata and time, over several pages", async () => {
    const since = new Date().toISOString();
    await paidCustomer(scene, 99_000);
    const accountId = await onboardedSeller(scene);
    await Promise.all(
      Array.from({ length: 12 }, (_, i) =>
        scene.payments.createTransfer(
          { accountId, amountCents: 100 + i, transferGroup: "many", metadata: { batch: "b1", n: String(i) } },
          key(),
        ),
      ),
    );
    const found: string[] = [];
    for await (const transfer of scene.payments.list("transfer", { since, metadata: { batch: "b1" } })) {
      found.push(transfer.metadata.n ?? "");
    }
    expect(found.toSorted((a, b) => Number(a) - Number(b))).toEqual(Array.from({ length: 12 }, (_, i) => String(i)));

    const pages: string[] = [];
    for await (const transfer of scene.stripe.transfers.list({ limit: 5, transfer_group: "many" }))
      pages.push(transfer.id);
    expect(new Set(pages).size).toBe(12);
  });
});
