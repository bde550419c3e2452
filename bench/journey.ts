import { randomInt } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { AgentCity, Task } from "@ai-city/sdk";
import { reviewTask } from "../sdk/examples/reviewer/review-task.ts";
import { formatCents } from "../server/kernel/money.ts";
import { type JourneyServer, reachServer } from "./journey/server.ts";
import { post, registerAgent, signUp, submitForm } from "./journey/strangers.ts";

const PORT = Number(process.env.JOURNEY_PORT ?? 3950);
const DATA = process.env.JOURNEY_DATA ?? fileURLToPath(new URL("../.data/journey", import.meta.url));
const WAIT_MS = 60_000;
const FINAL = ["completed", "failed", "refunded"];

const say = (line: string) => console.log(line);
const money = formatCents;

/**
 * The whole business, once: two strangers who know nothing but HTTP and the SDK. One buys, one sells; a task is paid
 * for, one is refunded, one fails the gate; what was earned reaches the bank. Amounts are drawn at random each time.
 */
async function journey(server: JourneyServer) {
  const started = Date.now();
  const { url } = server;
  const baseRate = randomInt(700, 2_000);
  const budget = baseRate + randomInt(500, 3_000);
  const deposit = budget * 3 + randomInt(1_000, 20_000);

  const buyer = await signUp(url, "Bela Buyer");
  const seller = await signUp(url, "Sana Seller");
  say(`Two owners signed up: ${buyer.email}, ${seller.email}`);

  const before = (await buyer.owner.vault.getPool()).balance;
  const topUp = await buyer.owner.vault.topUp({ amount: deposit });
  if (!topUp.checkoutUrl) throw new Error("A first top-up goes through Checkout.");
  await submitForm(topUp.checkoutUrl, { number: "4242424242424242", expiry: "12 / 34", cvc: "123", name: buyer.name });
  const pool = await until("the top-up", async () => {
    const now = await buyer.owner.vault.getPool();
    return now.balance === before + deposit ? now : null;
  });
  say(`Topped up ${money(deposit)} by card; pool ${money(pool.balance)} (${money(before)} of it starter credits)`);

  const bought = await registerAgent(url, buyer.owner, { displayName: "Bela's CI", framework: "custom" });
  const sold = await registerAgent(url, seller.owner, {
    displayName: "Sana's Reviewer",
    framework: "custom",
    capabilities: [{ category: "code_review", tags: ["typescript", "security"] }],
    pricing: { model: "per_task", baseRate, currency: "USD" },
  });
  say(`Two agents registered; the reviewer asks ${money(baseRate)} a task`);

  // The seller: reviews for real, until it is told to deliver a sentence that says nothing.
  let careless = false;
  const runner = sold.client.agents.serve({
    pollInterval: 250,
    onTask: (task, work) => (careless ? "Looks good to me, great work!" : reviewTask(task, work, "general")),
  });
  const run = async (description: string) => {
    const { id } = await bought.client.tasks.submit({
      taskType: "code_review",
      maxBudget: budget,
      input: { description, repo: `${url}/git/storefront.git` },
    });
    const { held } = await buyer.owner.vault.getPool();
    say(`Task ${id}: ${money(held)} held`);
    return until("a final state", () => finalTask(bought.client, id));
  };

  const paid = await run("Review the authentication and session code for security problems and name file and line.");
  expect(paid.status === "completed", `the first task ended as ${paid.status}: ${paid.errorMessage}`);
  say(
    `  passed the gate with ${paid.qualityScore}; ${money(paid.creditsCharged ?? 0)} charged, the rest of the hold returned`,
  );

  const second = await run("Review how orders and payments are handled, with concrete fixes.");
  expect(second.status === "completed", `the second task ended as ${second.status}: ${second.errorMessage}`);
  await bought.client.tasks.giveFeedback(second.id, "down", "Not what was asked for.");
  const refunded = await bought.client.tasks.get(second.id);
  expect(refunded.status === "refunded", "thumbs-down did not refund");
  say(
    `  passed with ${second.qualityScore}, ${money(second.creditsCharged ?? 0)} charged; thumbs-down: refunded at once`,
  );

  careless = true;
  const failed = await run("Review the reporting scripts for correctness.");
  expect(failed.status === "failed" && failed.failureReason === "quality_gate", "an empty review passed the gate");
  say(`  failed the gate with ${failed.qualityScore}; everything returned`);
  await runner.stop();

  const escrowed = (await sold.client.vault.getBalance()).escrowed;
  await post(`${url}/local/clock`, { advanceMs: 15 * 60_000 });
  const wallet = await until("the release", async () => {
    const now = await sold.client.vault.getBalance();
    return now.escrowed === 0 && now.available > 0 ? now : null;
  });
  say(`Fifteen minutes later: ${money(escrowed)} left escrow, ${money(wallet.available)} available`);

  const { url: onboarding } = await seller.owner.vault.connectLink();
  const bank = {
    first: "Sana",
    last: "Seller",
    routing: "110000000",
    bank: "000123456789",
    outcome: "verified",
    terms: "on",
  };
  await submitForm(onboarding, bank);
  await until("the bank account", async () =>
    (await seller.owner.vault.connectStatus()).payoutsEnabled ? true : null,
  );
  const withdrawal = await seller.owner.vault.withdraw({ agentId: sold.id, amount: wallet.available });
  const settled = await until("the payout", async () => {
    const list = await seller.owner.vault.listWithdrawals();
    const found = list.data.find((row) => row.id === withdrawal.id);
    return found?.status === "paid" || found?.status === "failed" ? found : null;
  });
  expect(settled.status === "paid", `the withdrawal failed: ${settled.failure}`);
  say(`Bank account connected; ${money(settled.amount)} withdrawn and paid out`);

  const books = await readBooks(buyer.owner, seller.owner);
  const ledger = await server.checkLedger();
  if (!ledger.ok) say(ledger.output);
  const { lifetimeEarned } = await sold.client.vault.getBalance();
  const spent = pool.balance - (await buyer.owner.vault.getPool()).balance;
  const agree =
    books.charged === spent && books.earned === lifetimeEarned && books.charged === books.fee + books.earned;
  expect(agree, `the books disagree: ${JSON.stringify({ ...books, spent, lifetimeEarned })}`);
  return {
    ok: ledger.ok,
    tasks: { completed: 1, refunded: 1, failed: 1 },
    ...books,
    withdrawn: settled.amount,
    ledger: ledger.ok ? "ok" : "broken",
    seconds: Math.round((Date.now() - started) / 100) / 10,
  };
}

/** What was charged, kept as fee and earned, net of refunds, from both owners' postings in the ledger. */
async function readBooks(buyer: AgentCity, seller: AgentCity) {
  const rows = async (owner: AgentCity) => {
    const all = [];
    for await (const row of owner.vault.listTransactions({ pageSize: 100 })) all.push(row);
    return all;
  };
  const bought = await rows(buyer);
  const sold = await rows(seller);
  // The buyer sees what left its hold and what came back from anywhere; the seller what came into escrow and went again.
  const sum = (list: typeof bought, types: string[]) =>
    list.filter((row) => types.includes(row.type)).reduce((total, row) => total + row.moved, 0);
  const charged = sum(bought, ["charge", "fee"]) - sum(bought, ["refund", "fee_refund"]);
  const fee = sum(bought, ["fee"]) - sum(bought, ["fee_refund"]);
  const earned = sum(sold, ["charge"]) - sum(sold, ["refund"]);
  return { charged, fee, earned };
}

async function finalTask(client: AgentCity, id: string): Promise<Task | null> {
  const task = (await client.tasks.get(id)) as Task;
  return FINAL.includes(task.status) ? task : null;
}

async function until<T>(what: string, look: () => Promise<T | null>): Promise<T> {
  const limit = Date.now() + WAIT_MS;
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    if (Date.now() > limit) throw new Error(`Waited ${WAIT_MS / 1000} s for ${what}.`);
    await pause(100);
  }
}

function expect(truth: boolean, otherwise: string): void {
  if (!truth) throw new Error(otherwise);
}

const server = await reachServer(PORT, DATA);
try {
  const result = await journey(server);
  console.log(JSON.stringify(result));
  process.exitCode = result.ok ? 0 : 1;
} catch (error) {
  console.error(error);
  console.log(JSON.stringify({ ok: false, error: (error as Error).message }));
  process.exitCode = 1;
} finally {
  await server.stop();
}
