import { spawnSync } from "node:child_process";
import { AgentCity } from "@ai-city/sdk";
import type { Page } from "@playwright/test";
import { expect, expectSound, type Person, signIn, test } from "./city-test.ts";
import { payAtCheckout } from "./pay-at-checkout.ts";

async function topUp(page: Page, dollars: number): Promise<void> {
  await page.goto("/wallet");
  await page.getByRole("button", { name: "Top up" }).click();
  await page.getByLabel("Amount").fill(String(dollars));
  await page.getByRole("button", { name: `Pay $${dollars}.00` }).click();
  await payAtCheckout(page);
  await page.waitForURL("**/wallet?topup=*");
}

test("unspent card money is sent back to the card, after a second look, and granted credits are not", async ({
  page,
  person,
}) => {
  const granted = (await person.client.vault.getPool()).balance;
  await page.goto("/wallet");
  await expect(page.getByRole("region", { name: "Send back to the card" })).toHaveCount(0);
  await topUp(page, 25);
  await expect.poll(async () => (await person.client.vault.getPool()).returnable).toBe(2_500);
  await page.goto("/wallet");
  const card = page.getByRole("region", { name: "Send back to the card" });
  await expect(card).toContainText("$25.00 of the pool is unspent card money.");
  await card.getByRole("button", { name: "Send back" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Amount").fill("a little");
  await dialog.getByRole("button", { name: "Send back" }).click();
  await expect(dialog.getByText("Write an amount in dollars, such as 12.50.")).toBeVisible();
  await dialog.getByLabel("Amount").fill("40");
  await dialog.getByRole("button", { name: "Send back $40.00" }).click();
  await expect(dialog.getByText("At most $25.00.", { exact: true })).toBeVisible();
  await expectSound(page);
  await dialog.getByRole("button", { name: "Keep it" }).click();
  expect(await person.client.vault.getPool()).toMatchObject({ balance: granted + 2_500 });

  await card.getByRole("button", { name: "Send back" }).click();
  await dialog.getByLabel("Amount").fill("10");
  await dialog.getByRole("button", { name: "Send back $10.00" }).click();
  await expect(card.getByText("$10.00 is on its way.")).toBeVisible();
  await expect(card).toContainText("$15.00 of the pool is unspent card money.");
  expect(await person.client.vault.getPool()).toMatchObject({ balance: granted + 1_500, returnable: 1_500 });
  await expectSound(page);
});

test("automatic top-up names the card it will charge; a saved card is charged once a form", async ({
  page,
  person,
}) => {
  expect((await person.client.vault.getPool()).savedCard).toBeNull();
  await page.goto("/wallet");
  const section = page.getByRole("region", { name: "Automatic top-up" });
  await expect(section).toContainText("There is none yet");
  await topUp(page, 5);
  await page.goto("/wallet");
  await expect(section).toContainText("Visa card ending in 4242");
  await page.getByRole("button", { name: "Top up" }).click();
  await expect(page.getByLabel("Charge my Visa card ending in 4242")).toBeVisible();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("on the payment page and come back");
  await page.getByLabel("Charge my Visa card ending in 4242").check();
  await expect(dialog).not.toContainText("on the payment page and come back");
  await page.getByLabel("Amount").fill("2");
  await page.getByRole("button", { name: "Pay $2.00" }).click();
  await expect(page.getByText("At least $5.00.")).toBeVisible();
  await page.getByLabel("Amount").fill("7");
  await page.getByRole("button", { name: "Pay $7.00" }).click();
  await expect(page.getByText("$7.00 charged.")).toBeVisible();
  await expect(dialog.getByRole("button", { name: /^Pay/ })).toHaveCount(0);
  await expectSound(page);
  await dialog.getByRole("button", { name: "Done" }).click();
  await expect(dialog).toHaveCount(0);
  await page.getByRole("button", { name: "Top up" }).click();
  await expect(page.getByLabel("Charge my Visa card ending in 4242")).not.toBeChecked();
});

test("an automatic top-up that sending money back switched off stays off when the form is saved again", async ({
  page,
  person,
}) => {
  await topUp(page, 20);
  await expect.poll(async () => (await person.client.vault.getPool()).returnable).toBe(2_000);
  await page.goto("/wallet");
  const form = page.getByRole("region", { name: "Automatic top-up" });
  await form.getByLabel("Keep the pool filled").check();
  await form.getByLabel("When it falls below").fill("60");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(form.getByText("Saved.")).toBeVisible();

  await page.getByRole("button", { name: "Send back" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Send back $20.00" }).click();
  await expect(form).toContainText("Switched off after");
  await expect(form.getByLabel("Keep the pool filled")).not.toBeChecked();
  await form.getByRole("button", { name: "Save" }).click();
  await expect(form.getByText("Saved.")).toBeVisible();
  expect((await person.client.vault.getPool()).autoTopUp).toMatchObject({ enabled: false, pending: false });
});

const OUTPUT = `# Logging for a small service

## Recommendation

Write JSON lines to standard output, one per event, with a level, a time in UTC and a request id.

## Why JSON lines

- **Plain text** logging needs a parser for each service, and breaks when a message has a line break in it.
- **JSON lines** logging is read by every collector, and a new field breaks nothing.

## What to log

1. Each request once, with its status and its duration in milliseconds.
2. Each error with its cause, never with the password or token that came with it.
3. Nothing in a loop: a service that logs each row of a table is slow, and its logging is not read.
`;

/** Work that was paid for and is disputed. */
async function disputedWork(buyer: Person, seller: Person, url: string): Promise<{ id: string; taskId: string }> {
  const { agent, apiKey } = await seller.client.agents.register({
    displayName: "Logging Adviser",
    framework: "custom",
    capabilities: [{ category: "research", tags: ["logging"] }],
    pricing: { model: "per_task", baseRate: 1_000, currency: "USD" },
  });
  const worker = new AgentCity({ apiKey, baseUrl: url });
  const task = await buyer.client.tasks.submit({
    taskType: "research",
    maxBudget: 2_000,
    agentId: agent.id,
    input: { description: "Recommend how a small service should do its logging, and say why." },
  });
  await expect.poll(async () => (await worker.tasks.listSubmitted()).length).toBe(1);
  const { sandboxId } = await worker.tasks.provisionSandbox(task.id);
  await worker.tasks.markExecuting(task.id, sandboxId);
  await worker.tasks.complete(task.id, { output: { result: OUTPUT } });
  await expect.poll(async () => (await buyer.client.tasks.get(task.id)).status).toBe("completed");
  const { id } = await buyer.client.tasks.dispute(task.id, { reason: "incomplete", description: "No word on costs." });
  return { id, taskId: task.id };
}

/** The role is granted on the machine, never over the network, and to a confirmed address only. */
async function makeOperator({ email }: Person, url: string): Promise<void> {
  const mails = (await (await fetch(`${url}/local/outbox?to=${email}`)).json()) as { text: string }[];
  const token = mails.map(({ text }) => /\/verify\?token=(\S+)/.exec(text)?.[1]).find(Boolean);
  await fetch(`${url}/api/v1/auth/verify`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ token }),
  });
  const env = { ...process.env, CITY_DATA_DIR: process.env.BROWSER_CITY_DATA };
  const { status, stderr } = spawnSync(process.execPath, ["server/operators/grant.ts", email], {
    env,
    encoding: "utf8",
  });
  expect(status, stderr).toBe(0);
}

test("an operator finds an open dispute at city hall and decides it for the buyer, who has the money back", async ({
  page,
  url,
  newPerson,
}) => {
  const [buyer, seller, operator] = [await newPerson("A Buyer"), await newPerson("A Seller"), await newPerson("Judge")];
  const before = await buyer.client.vault.getPool();
  const { id, taskId } = await disputedWork(buyer, seller, url);
  await signIn(page, operator);
  expect((await page.goto("/operator"))?.status()).toBe(404);

  await makeOperator(operator, url);
  await page.goto("/operator");
  await expect(page.getByRole("region", { name: "Ledger" }).getByLabel("Broken")).toHaveCount(0);
  await expect(page.getByRole("region", { name: "Cash and hash chain" })).toContainText("the hash chain verifies");
  await expectSound(page);
  await page.locator(`a[href="/disputes/${id}"]`).first().click();
  await expect(page.getByText("No word on costs.")).toBeVisible();
  // What it is about stands on the same page.
  await expect(page.getByRole("region", { name: "What was asked" })).toContainText("how a small service should do");
  await expect(
    page.getByRole("region", { name: "Output" }).getByRole("heading", { name: "Why JSON lines" }),
  ).toBeVisible();
  await expect(page.getByRole("region", { name: "Quality gate" })).toContainText("passed");
  await expectSound(page);
  await page.getByRole("button", { name: "Return $10.00 to the buyer" }).click();
  await expect(page.getByLabel("Reason")).toHaveAttribute("aria-invalid", "true");
  await page.getByLabel("Reason").fill("The task asked for reasons, and what it costs is one of them.");
  await page.getByRole("button", { name: "Return $10.00 to the buyer" }).click();
  await expect(page.getByRole("dialog")).toContainText("A decision is final.");
  expect((await buyer.client.disputes.get(id)).status).toBe("open");
  await expectSound(page);
  await page.getByRole("dialog").getByRole("button", { name: "Return $10.00 to the buyer" }).click();
  await expect(page.getByRole("region", { name: "What both sides say" })).toContainText("The task asked for reasons");
  await expect(page.getByRole("button", { name: "Pay the seller" })).toHaveCount(0);

  expect(await buyer.client.disputes.get(id)).toMatchObject({ status: "resolved_buyer" });
  expect(await buyer.client.tasks.get(taskId)).toMatchObject({ status: "refunded" });
  expect(await buyer.client.vault.getPool()).toMatchObject({ balance: before.balance, held: 0 });
});
