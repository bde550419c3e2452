import { AgentCity } from "@ai-city/sdk";
import type { Page } from "@playwright/test";
import { expect, expectSound, type Person, test } from "./city-test.ts";
import { payAtCheckout } from "./pay-at-checkout.ts";

const DESCRIPTION =
  "Compare retry strategies for HTTP clients and recommend one, with backoff, jitter and idempotency.";
const OUTPUT = `# Retry strategies for HTTP clients

## Recommendation

Use exponential backoff with full jitter, at most two retries, and an idempotency key on every request that changes
something. The strategies compare as follows.

## Comparison

- **Immediate retry** repeats a request at once. HTTP clients that do so turn a short outage into a storm.
- **Fixed backoff** waits the same second each time. All clients come back together, so the load has spikes.
- **Exponential backoff without jitter** doubles the wait: 0.5 s, 1 s, 2 s. The spikes stay, only further apart.
- **Exponential backoff with full jitter** draws the wait between 0 and that bound, which spreads the load evenly.

## Idempotency

A timeout does not tell whether the server did the work. Send the same \`Idempotency-Key\` with each retry, so that
the server answers the second request from the first result. Retry GET, PUT and DELETE without one.

## What to retry

1. Connection errors and timeouts.
2. Status 429 and 503, after the seconds that \`Retry-After\` names.
3. Status 500 and 502 for idempotent requests only. Never 400, 401, 403, 404 or 422.
`;

const RESEARCHER = {
  displayName: "Careful Researcher",
  framework: "custom",
  capabilities: [{ category: "research", tags: ["http"] }],
  pricing: { model: "per_task", baseRate: 1_000, currency: "USD" },
} as const;

/** Buys from the given agent and does its work, all over the API. */
async function sell(
  url: string,
  buyer: Person,
  agentId: string,
  seller: AgentCity,
  { result, status } = { result: OUTPUT, status: "completed" },
): Promise<string> {
  const task = await buyer.client.tasks.submit({
    taskType: "research",
    maxBudget: 2_000,
    agentId,
    input: { description: DESCRIPTION },
  });
  await expect.poll(async () => (await seller.tasks.listSubmitted()).length, `an offer in ${url}`).toBe(1);
  const { sandboxId } = await seller.tasks.provisionSandbox(task.id);
  await seller.tasks.markExecuting(task.id, sandboxId);
  await seller.tasks.complete(task.id, { output: { result } });
  await expect.poll(async () => (await buyer.client.tasks.get(task.id)).status).toBe(status);
  return task.id;
}

async function confirmAddress(page: Page): Promise<void> {
  await page.goto("/settings");
  await page.getByRole("button", { name: "Send a new link" }).click();
  await page.getByText("A new link is on its way.").waitFor();
  await page.goto("/outbox");
  await page
    .getByRole("link", { name: /\/verify\?token=/ })
    .first()
    .click();
  await page.getByRole("button", { name: "Confirm address" }).click();
  await page.getByText("Your address is confirmed.").waitFor();
}

test("earnings wait in escrow with a countdown, are released, and are withdrawn to a bank", async ({
  page,
  url,
  person,
  newPerson,
}) => {
  test.setTimeout(120_000);
  const { agent, apiKey } = await person.client.agents.register(RESEARCHER);
  const buyer = await newPerson("A Buyer");
  // What goes to a bank must have come from a card: granted credits leave nothing at the card company to pay from.
  const { checkoutUrl } = await buyer.client.vault.topUp({ amount: 2_500 });
  await page.goto(checkoutUrl ?? "");
  await payAtCheckout(page);
  await expect
    .poll(async () => (await buyer.client.vault.getPool()).savedCard)
    .toEqual({ brand: "visa", last4: "4242" });
  const taskId = await sell(url, buyer, agent.id, new AgentCity({ apiKey, baseUrl: url }));

  await page.goto("/wallet");
  const escrow = page.getByRole("region", { name: "Escrow" });
  await expect(escrow).toContainText(/released to your wallet in 1\d:\d\d/);
  await expect(escrow).toContainText("$8.50");
  await expectSound(page);
  await page.goto(`/tasks/${taskId}`);
  await expect(page.getByText(/Released to the wallet in/)).toBeVisible();
  await expectSound(page);

  await page.getByRole("button", { name: person.name }).click();
  await page.getByRole("menuitem", { name: "Clock" }).click();
  await page.getByRole("button", { name: "Move 15 minutes" }).click();
  await expect.poll(async () => (await person.client.agents.listMine())[0]?.wallet.available).toBe(850);

  await page.goto("/wallet");
  const withdraw = page.getByRole("region", { name: "Withdraw", exact: true });
  const confirm = withdraw.getByRole("link", { name: "Confirm your e-mail address" });
  await expect(confirm).toHaveAttribute("href", "/settings");
  await confirmAddress(page);
  await page.goto("/wallet");
  await expect(withdraw).toContainText("You can withdraw$8.50");
  await expect(confirm).toHaveCount(0);
  await page.getByRole("button", { name: "Set up payouts" }).click();
  await finishOnboarding(page);
  await page.waitForURL("**/wallet?connect=done");
  await withdraw.getByLabel("Amount").fill("1000");
  await withdraw.getByRole("button", { name: "Withdraw $1,000.00" }).click();
  await expect(withdraw.getByRole("alert")).toContainText("Only $8.50 can be withdrawn.");
  await withdraw.getByLabel("Amount").fill("8.50");
  await withdraw.getByRole("button", { name: "Withdraw $8.50" }).click();
  const list = page.getByRole("region", { name: "Withdrawals" });
  // The page follows it by itself until the bank has paid.
  await expect(list.getByText("Paid", { exact: true })).toBeVisible({ timeout: 30_000 });
  await expect(list).toContainText("$8.50");
  await expectSound(page);
  await page.reload();
  await expect(list.getByText("Paid", { exact: true })).toBeVisible();
  expect((await person.client.agents.listMine())[0]?.wallet.available).toBe(0);
  await page.goto("/overview");
  await expect(page.getByRole("region", { name: "Earned" })).toContainText("$8.50");
  await expectSound(page);
});

test("the seller's page of a task says that it is disputed and how long there is to answer, and leads there", async ({
  page,
  url,
  person,
  newPerson,
}) => {
  const { agent, apiKey } = await person.client.agents.register(RESEARCHER);
  const buyer = await newPerson("A Buyer");
  const taskId = await sell(url, buyer, agent.id, new AgentCity({ apiKey, baseUrl: url }));
  await buyer.client.tasks.dispute(taskId, { reason: "incomplete", description: "It has no figures." });
  await page.goto(`/tasks/${taskId}`);
  const dispute = page.getByRole("region", { name: "Dispute" });
  await expect(dispute).toContainText("Open, waiting for your answer");
  await expect(dispute).toContainText("You have 72 hours from its opening.");
  await expectSound(page);
  await dispute.getByRole("link", { name: "Answer the dispute" }).click();
  await expect(page.getByText("It has no figures.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Send answer" })).toBeVisible();
});

test("an offer that the seller's agent no longer has is said on the open page, which leads back", async ({
  page,
  url,
  person,
  newPerson,
}) => {
  const { apiKey } = await person.client.agents.register({
    displayName: "Passing By",
    framework: "custom",
    capabilities: [{ category: "data_analysis", tags: [] }],
    pricing: { model: "per_task", baseRate: 300, currency: "USD" },
  });
  const worker = new AgentCity({ apiKey, baseUrl: url });
  await worker.tasks.listSubmitted();
  const buyer = await newPerson("A Buyer");
  const task = await buyer.client.tasks.submit({
    taskType: "data_analysis",
    maxBudget: 500,
    input: { description: "Count the visits." },
  });
  await expect.poll(async () => (await worker.tasks.listSubmitted()).length).toBe(1);
  await page.goto(`/tasks/${task.id}`);
  await expect(page.getByRole("heading", { name: "Count the visits." })).toBeVisible();
  await worker.tasks.decline(task.id);
  const notice = page.getByRole("status").filter({ hasText: "Your agent no longer has this offer" });
  await notice.getByRole("link", { name: "Tasks you sold" }).click();
  await page.waitForURL("**/tasks?role=seller");
});

test("the gate's verdict says what an appeal came to", async ({ page, url, person, newPerson }) => {
  const { agent, apiKey } = await person.client.agents.register(RESEARCHER);
  const seller = new AgentCity({ apiKey, baseUrl: url });
  const buyer = await newPerson("A Buyer");
  const taskId = await sell(url, buyer, agent.id, seller, { result: "Retry later.", status: "failed" });
  const { qualityScore } = await seller.tasks.appeal(taskId, { reason: "It is short and right." });
  await page.goto(`/tasks/${taskId}`);
  await expect(page.getByRole("region", { name: "Quality gate" })).toContainText(
    `The seller appealed, and the gate looked again: ${qualityScore} before, ${qualityScore} after. The verdict stands.`,
  );
  await expectSound(page);
});

async function finishOnboarding(page: Page): Promise<void> {
  await page.getByLabel("First name").fill("Riley");
  await page.getByLabel("Last name").fill("Chen");
  await page.getByLabel("Bank account number").fill("000123456789");
  await page.getByLabel("I agree to the terms").check();
  await page.getByRole("button", { name: "Agree and submit" }).click();
}
