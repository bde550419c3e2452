import { afterAll, beforeAll, expect, test } from "vitest";
import { checkCash, listNightlyChecks } from "#server/operators/nightly-checks.ts";
import { reconcilePayments } from "#server/payments/reconcile.ts";
import type { TestOwner } from "#tests/support/city.ts";
import { dashboardOf } from "#tests/support/dashboard.ts";
import { DAY, MINUTE } from "#tests/support/durations.ts";
import {
  chargedTask,
  complete,
  type MoneyCity,
  newSeller,
  start,
  startMoneyCity,
  submit,
} from "../model/support/money-city.ts";
import { walletOf, withdrawAll } from "../model/support/scene.ts";

let city: MoneyCity;
beforeAll(async () => {
  city = await startMoneyCity();
});
afterAll(() => city?.stop());

type Refusal = {
  data: { city: { code: string; details: { blockers: { kind: string; count: number; amount: number }[] } } };
};

async function close(owner: TestOwner, giveUp = false) {
  const dashboard = await dashboardOf(city, owner);
  return dashboard.owners.close.mutate({ password: owner.password, giveUp });
}

/** What stood in the way, by kind, as count and cents. */
async function blockersOf(owner: TestOwner, giveUp = false): Promise<Record<string, [number, number]>> {
  const refusal = await close(owner, giveUp).then(
    () => null,
    (error: Refusal) => error.data.city,
  );
  expect(refusal?.code).toBe("CONFLICT");
  return Object.fromEntries(
    (refusal?.details.blockers ?? []).map(({ kind, count, amount }) => [kind, [count, amount]]),
  );
}

test("closing is refused while a hold, work, escrow, a dispute, a payout or a balance is open, each named with its sum", async () => {
  const buyer = await city.owner("Buyer");
  const seller = await newSeller(city, 1_000);
  const dashboard = await dashboardOf(city, buyer);
  const { checkoutUrl } = await buyer.client.vault.topUp({ amount: 5_000 });
  expect(await blockersOf(buyer)).toEqual({ top_ups: [1, 5_000] });
  const row = await city.database.prisma.topUp.findFirstOrThrow({ where: { checkoutUrl: checkoutUrl ?? "" } });
  await city.stripe("POST", `/complete-checkout/${row.checkoutId}`, {});
  await city.deliver();

  const task = await submit(city, buyer, seller, 1_500);
  expect(await blockersOf(buyer)).toEqual({ holds: [1, 1_500], balance: [1, 3_500] });
  await start(seller, task);
  expect(await blockersOf(seller.owner)).toEqual({ work: [1, 1_000] });
  await complete(city, seller, task);
  expect(await blockersOf(seller.owner)).toEqual({ escrow: [1, 850] });
  await buyer.client.tasks.dispute(task, { reason: "incomplete", description: "Half of it is missing." });
  expect(await blockersOf(seller.owner)).toMatchObject({ disputes: [1, 1_000] });
  expect(await blockersOf(buyer)).toEqual({ disputes: [1, 1_000], balance: [1, 4_000] });
  const { data } = await buyer.client.disputes.list({});
  await buyer.client.disputes.withdraw(data[0]?.id ?? "");
  await city.advance(15 * MINUTE);
  expect(await blockersOf(seller.owner)).toEqual({ balance: [1, 850] });
  await city.connectBank(seller.owner);
  await seller.owner.client.vault.withdraw({ amount: 850 });
  await city.idle();
  expect(await blockersOf(seller.owner)).toEqual({ withdrawals: [1, 850] });

  // Card money is never given up: it goes back to its card.
  expect(await blockersOf(buyer, true)).toEqual({ balance: [1, 4_000] });
  expect((await dashboard.owners.closing.query()).canBeGivenUp).toBe(0);
  await city.call("POST", "/vault/return", { token: buyer.token, body: { amount: 4_000 } });
  await city.idle();
  const { stripeCustomerId } = await city.database.prisma.owner.findUniqueOrThrow({ where: { id: buyer.id } });
  expect(await close(buyer)).toMatchObject({ closed: true });
  await city.idle();
  await expect(city.ctx().ports.payments.getSavedCard(stripeCustomerId ?? "")).rejects.toMatchObject({
    reason: "resource_missing",
  });
  expect(await city.violations()).toEqual([]);
}, 60_000);

test("debt stands in the way too, and a wrong password closes nothing", async () => {
  const buyer = await city.owner("Buyer");
  const seller = await newSeller(city, 1_000);
  const { paymentId } = await city.topUp(buyer, 1_000);
  await chargedTask(city, buyer, seller, 1_000);
  await city.stripe("POST", `/chargeback/${paymentId}`, {});
  await city.deliver();
  expect(await blockersOf(buyer, true)).toEqual({ debt: [1, 1_000] });

  const other = await city.owner("Other");
  const dashboard = await dashboardOf(city, other);
  await expect(dashboard.owners.close.mutate({ password: "not the password" })).rejects.toMatchObject({
    data: { city: { code: "VALIDATION_ERROR", details: { fields: [{ path: "password" }] } } },
  });
  expect((await dashboard.owners.me.query()).email).toBe(other.email);
});

test("what one agent owes and another's wallet covers does not stand in the way, and is repaid when the account closes", async () => {
  const buyer = await city.owner("Buyer");
  const debtor = await newSeller(city, 1_000);
  const sibling = await newSeller(city, 1_000, debtor.owner);
  await city.topUp(buyer, 5_000);
  const task = await chargedTask(city, buyer, debtor, 1_000);
  await city.advance(15 * MINUTE);
  await withdrawAll(city, debtor);
  const { id } = await buyer.client.tasks.dispute(task, {
    reason: "incomplete",
    description: "Half of it is missing.",
  });
  const operator = await city.owner("Operator");
  await city.database.prisma.owner.update({ where: { id: operator.id }, data: { role: "operator" } });
  await operator.client.disputes.resolve(id, { winner: "buyer", note: "It is." });
  await sibling.agent.client.tasks.listSubmitted();
  await chargedTask(city, buyer, sibling, 1_000);
  await city.advance(15 * MINUTE);
  expect(await walletOf(debtor)).toMatchObject({ debt: 850 });
  const dashboard = await dashboardOf(city, debtor.owner);
  expect(await dashboard.owners.closing.query()).toEqual({ blockers: [], canBeGivenUp: 0 });
  expect(await close(debtor.owner)).toMatchObject({ closed: true });
  expect(await city.violations()).toEqual([]);
}, 60_000);

test("a closed account: every credential ends, names and address are gone, the books stay, the address is free", async () => {
  const owner = await city.owner("Zelda Unmistakable");
  const agent = await owner.agent({
    displayName: "Unmistakable Agent",
    description: "Unmistakable words.",
    capabilities: [{ category: "code_review", tags: ["unmistakable"] }],
  });
  await agent.client.agents.registerWebhook("https://unmistakable.example.com/hook");
  const { token } = await owner.client.tokens.create({ name: "Unmistakable token" });
  const { key: trustKey } = await owner.client.trust.createKey({ name: "Unmistakable key" });
  const buyer = await city.owner("Buyer");
  await city.topUp(buyer, 3_000);
  const offered = await buyer.client.tasks.submit({
    taskType: "code_review",
    maxBudget: 500,
    input: { description: "Offered when the account closes." },
    agentId: agent.id,
  });
  await city.idle();
  const before = await city.database.pool.query("select count(*)::int as n from ledger.transaction");

  const dashboard = await dashboardOf(city, owner);
  expect(await dashboard.owners.close.mutate({ password: owner.password })).toMatchObject({ closed: true });
  await city.idle();

  await expect(dashboard.owners.me.query()).rejects.toMatchObject({ data: { httpStatus: 401 } });
  for (const credential of [{ token: owner.token }, { token }])
    expect((await city.call("GET", "/agents/mine", credential)).body.error?.code).toBe("INVALID_TOKEN");
  const asAgent = await city.call("GET", "/agents/me", { key: agent.key });
  expect(asAgent.body.error?.code).toBe("INVALID_API_KEY");
  const byTrust = await city.call("GET", `/trust/${agent.id}`, { trustKey });
  expect(byTrust.body.error?.code).toBe("INVALID_API_KEY");
  const signIn = (email: string) => city.call("POST", "/auth/sign-in", { body: { email, password: owner.password } });
  const [closed, unknown] = [await signIn(owner.email), await signIn("nobody@example.com")];
  expect([closed.status, closed.body.error?.code, closed.body.error?.message]).toEqual([
    unknown.status,
    unknown.body.error?.code,
    unknown.body.error?.message,
  ]);
  const mails = () => city.database.prisma.mail.findMany({ where: { to: owner.email } });
  expect((await mails()).map(({ subject }) => subject)).toEqual(["Your account is closed"]);
  await city.call("POST", "/auth/reset-request", { body: { email: owner.email } });
  await city.idle();
  expect(await mails()).toHaveLength(1);

  // The one who was waiting for this agent is not left waiting, and gets everything back.
  await city.advance(20 * MINUTE);
  expect(await buyer.client.tasks.get(offered.id)).toMatchObject({ status: "failed", creditsCharged: null });
  const left = await city.database.pool.query<{ text: string }>(`
    select (select json_agg(o) from owner o)::text || (select json_agg(a) from agent a)::text
      || coalesce((select json_agg(c) from agent_capability c)::text, '') || (select json_agg(t) from owner_token t)::text
      || (select json_agg(k) from trust_key k)::text || coalesce((select json_agg(w) from webhook_endpoint w)::text, '')
      || coalesce((select json_agg(d) from webhook_delivery d)::text, '') as text`);
  expect(left.rows[0]?.text).not.toMatch(/unmistakable/i);
  expect(left.rows[0]?.text).not.toContain(owner.email);
  const after = await city.database.pool.query(
    "select count(*)::int as n from ledger.transaction where kind <> 'release'",
  );
  expect(after.rows[0].n).toBeGreaterThanOrEqual(before.rows[0].n);
  expect(await city.violations()).toEqual([]);

  const again = await city.call("POST", "/auth/sign-up", {
    body: { name: "Zelda Again", email: owner.email, password: "another long password" },
  });
  expect(again.status).toBe(200);
  expect((again.body.user as { id: string }).id).not.toBe(owner.id);
}, 60_000);

test("credits that cannot be paid out stand in the way until their owner agrees to lose them; then the books say so", async () => {
  const owner = await city.owner("Gifted");
  await city.database.pool.query("select ledger.grant_starter_credits($1, 5000)", [owner.id]);
  expect(await blockersOf(owner)).toEqual({ balance: [1, 5_000] });
  const dashboard = await dashboardOf(city, owner);
  expect(await dashboard.owners.closing.query()).toEqual({
    blockers: [{ kind: "balance", count: 1, amount: 5_000 }],
    canBeGivenUp: 5_000,
  });
  expect(await close(owner, true)).toMatchObject({ closed: true });
  const { rows } = await city.database.pool.query("select ledger.balance_of($1)::int as cents", [`pool:${owner.id}`]);
  expect(rows[0].cents).toBe(0);
  expect(await city.violations()).toEqual([]);
});

test("card money stays card money, however many top-ups came after it", async () => {
  const owner = await city.owner("Frequent");
  await city.topUp(owner, 2_000);
  const later = Array.from({ length: 200 }, (_, at) => ({
    id: `${owner.id}-${at}`,
    paymentIntentId: `pi_${owner.id}_${at}`,
    ...({ ownerId: owner.id, amount: 500, returnedCents: 500, kind: "checkout", status: "paid" } as const),
    createdAt: new Date(Date.now() + DAY),
  }));
  await city.database.prisma.topUp.createMany({ data: later });
  expect(await owner.client.vault.getPool()).toMatchObject({ balance: 2_000, returnable: 2_000 });
  expect(await blockersOf(owner, true)).toEqual({ balance: [1, 2_000] });
  await city.database.prisma.topUp.deleteMany({ where: { id: { in: later.map(({ id }) => id) } } });
});

test("closing waits until money sent back has left for its card", async () => {
  const owner = await city.owner("Hasty");
  await city.topUp(owner, 2_000);
  // The card company's own package tries three times in all.
  await city.stripe("POST", "/faults", { kind: "error_503", path: "/v1/refunds", times: 3 });
  await city.call("POST", "/vault/return", { token: owner.token, body: { amount: 2_000 } });
  await city.idle();
  expect(await blockersOf(owner)).toEqual({ returns: [1, 2_000] });
  await reconcilePayments(city.ctx(), { settlingMinutes: 0 });
  expect(await close(owner)).toMatchObject({ closed: true });
  // The card's bank may still refuse it weeks later, when nobody can reach the pool any more.
  const { rows } = await city.database.pool.query<{ id: string }>(
    "select id from stripe_stand_in.object where kind = 'refund' order by seq desc limit 1",
  );
  expect(await checkCash(city.ctx())).toEqual({ ok: true });
  await city.stripe("POST", `/refunds/${rows[0]?.id}/fail`, {});
  await city.deliver();
  expect(await checkCash(city.ctx())).toEqual({ ok: false });
  expect(await listNightlyChecks(city.ctx())).toMatchObject([
    { problems: [expect.stringContaining("2000 cents have")] },
  ]);
});

test("a submission that races the closing finds either an open account or no account, and the money agrees", async () => {
  const seller = await newSeller(city, 100);
  for (let round = 0; round < 5; round++) {
    const owner = await city.owner("Racer");
    await city.database.pool.query("select ledger.grant_starter_credits($1, 200)", [owner.id]);
    const submission = owner.client.tasks.submit({
      taskType: "code_review",
      maxBudget: 200,
      input: { description: "Now or never." },
      agentId: seller.agent.id,
    });
    const [submitted, closed] = await Promise.allSettled([submission, close(owner, true)]);
    expect(submitted.status === "fulfilled" && closed.status === "fulfilled").toBe(false);
    expect(await city.violations()).toEqual([]);
  }
  await city.advance(DAY);
}, 60_000);
