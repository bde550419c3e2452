import { AgentCity } from "@ai-city/sdk";
import type { Page } from "@playwright/test";
import { formatCents } from "#server/kernel/money.ts";
import { expect, expectSound, test } from "./city-test.ts";
import { payAtCheckout } from "./pay-at-checkout.ts";

async function submitReview(page: Page, url: string): Promise<void> {
  await page.goto("/tasks/new");
  await page
    .getByLabel("What is to be done")
    .fill("Review the shop for injection and missing checks. Name files and lines.");
  await page.getByRole("textbox", { name: "Repository" }).fill(`${url}/git/storefront.git`);
  await page.getByRole("button", { name: "Get a quote" }).click();
  await expect(page.getByText(/Likely/)).toBeVisible();
  await page.getByRole("button", { name: "Submit task" }).click();
  await page.waitForURL(/\/tasks\/(?!new)[a-z0-9]+$/);
}

test("a person tops up, buys a review from a seed agent, reads it, and gets all of it back", async ({
  page,
  url,
  person,
}) => {
  const status = page.getByRole("region", { name: "Status" });
  const money = page.getByRole("region", { name: "Money" });
  const before = (await person.client.vault.getPool()).balance;

  await page.goto("/wallet");
  await expectSound(page);
  await page.getByRole("button", { name: "Top up" }).click();
  await page.getByLabel("Amount").fill("12,50");
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByText("Write an amount in dollars, such as 12.50.")).toBeVisible();
  await page.getByLabel("Amount").fill("25");
  await expectSound(page);
  await page.getByRole("button", { name: "Pay $25.00" }).click();
  await payAtCheckout(page);
  await page.waitForURL("**/wallet?topup=*");
  await expect.poll(async () => (await person.client.vault.getPool()).balance).toBe(before + 2_500);
  await expect(page.getByText("Top-up by card")).toBeVisible();

  await submitReview(page, url);
  await expect(status.getByText("Completed", { exact: true })).toBeVisible({ timeout: 45_000 });
  await expect(page.getByRole("region", { name: "Output" })).toContainText("critical");
  const gate = page.getByRole("region", { name: "Quality gate" });
  await expect(gate.getByText("Relevance to the task")).toBeVisible();
  await expect(gate.getByText(/references confirmed/)).toBeVisible();
  const commands = page.getByRole("region", { name: "Commands" });
  await expect(commands.getByText(/run in the sandbox, oldest first\.$/)).toBeVisible();
  await expect(commands.getByText("exit 0").first()).toBeVisible();
  await expect(page.getByRole("region", { name: "Why this agent" })).toBeVisible();
  await expectSound(page);

  const dialog = page.getByRole("dialog");
  await page.getByRole("button", { name: "Good" }).click();
  await expect(dialog).toContainText("It also ends the instant refund.");
  await expectSound(page);
  await dialog.getByRole("button", { name: "Not now" }).click();
  await page.getByRole("button", { name: "Refund" }).click();
  await dialog.getByRole("button", { name: /^Refund \$/ }).click();
  await expect(status.getByText("Refunded", { exact: true })).toBeVisible();
  await expect(money.getByText("Returned")).toBeVisible();
  expect(await person.client.vault.getPool()).toMatchObject({ balance: before + 2_500, held: 0 });
  await page.getByRole("link", { name: "See the postings" }).click();
  await expect(page.getByRole("table")).toContainText("Refund");
  await expectSound(page);
  await page.goto("/tasks?status=refunded");
  await expect(page.getByRole("link", { name: /Review the shop/ })).toBeVisible();
  await expectSound(page);
  // Its exact time can be pointed at though the row's link lies above it, and a press there is one on that link.
  const time = page.getByRole("row", { name: /Review the shop/ }).locator("time");
  const pointedAt = await time.evaluate((element) => {
    const { x, y, width, height } = element.getBoundingClientRect();
    return document
      .elementFromPoint(x + width / 2, y + height / 2)
      ?.closest("[title]")
      ?.getAttribute("title");
  });
  expect(pointedAt).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/);
  const opened = page.context().waitForEvent("page");
  await time.click({ button: "middle", force: true });
  await (await opened).waitForURL(/\/tasks\/[a-z0-9]+$/);
  await time.click({ force: true });
  await page.waitForURL(/\/tasks\/[a-z0-9]+$/);
});

test("a dispute is opened on completed work and taken back", async ({ page, url, person }) => {
  await submitReview(page, url);
  await expect(page.getByRole("region", { name: "Status" }).getByText("Completed", { exact: true })).toBeVisible({
    timeout: 45_000,
  });
  const dialog = page.getByRole("dialog");
  await page.getByRole("button", { name: "Good" }).click();
  await dialog.getByLabel("Comment").fill("Found what we missed.");
  await dialog.getByRole("button", { name: "It was good" }).click();
  await expect(page.getByText("Thumbs up: Found what we missed.")).toBeVisible();
  await page.getByRole("button", { name: "Open a dispute" }).click();
  await dialog.getByRole("button", { name: "Open dispute" }).click();
  await expect(dialog.getByLabel("Describe it")).toHaveAttribute("aria-invalid", "true");
  await dialog.getByLabel("Describe it").fill("Two of the findings are about files I did not ask for.");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Open a dispute" }).click();
  await expect(dialog.getByLabel("Describe it")).toHaveValue(/^Two of the findings/);
  await dialog.getByRole("button", { name: "Open dispute" }).click();
  await page.getByRole("link", { name: "Open the dispute" }).click();
  await expect(page.getByText("Two of the findings")).toBeVisible();
  await expectSound(page);
  await page.getByLabel("What you want to add").fill("They are src/a.js and src/b.js.");
  await page.getByRole("button", { name: "Add to the file" }).click();
  await expect(page.getByText("They are src/a.js and src/b.js.").first()).toBeVisible();
  await expect(page.getByLabel("What you want to add")).toHaveValue("");
  await page.getByRole("button", { name: "Withdraw the dispute" }).click();
  await expect(dialog).toContainText("This task cannot be disputed again.");
  await expectSound(page);
  await dialog.getByRole("button", { name: "Not now" }).click();
  expect((await person.client.disputes.list()).data[0]?.status).toBe("open");
  await page.getByRole("button", { name: "Withdraw the dispute" }).click();
  await dialog.getByRole("button", { name: "Withdraw it" }).click();
  await expect(page.getByText("Withdrawn").first()).toBeVisible();
  expect((await person.client.disputes.list()).data[0]?.status).toBe("withdrawn");
  await page.goto("/disputes");
  await expectSound(page);
});

test("what was typed into a new task outlives a side step, a way to the wallet and a failure; the token does not", async ({
  page,
  person,
}) => {
  const description = page.getByLabel("What is to be done");
  const source = page.getByLabel("What it works on");
  await page.goto("/tasks/new");
  await page.getByLabel("Kind of work").selectOption("design");
  await description.fill("Draw a letterhead. No agent of this city takes such work.");
  await page.getByRole("textbox", { name: "Repository" }).fill("https://github.com/you/letters");
  await page.getByLabel("Access token").fill("a-token-of-mine");
  await source.selectOption("code");
  await page.getByLabel("Code", { exact: true }).fill("<svg />");
  await source.selectOption("repo");
  await expect(page.getByRole("textbox", { name: "Repository" })).toHaveValue("https://github.com/you/letters");
  await expect(page.getByLabel("Access token")).toHaveValue("a-token-of-mine");
  await source.selectOption("code");
  await expect(page.getByLabel("Code", { exact: true })).toHaveValue("<svg />");

  await page.getByLabel("At most").fill("9000");
  await page.getByRole("button", { name: "Submit task" }).click();
  await page.getByRole("alert").getByRole("link", { name: "Top up" }).click();
  await page.waitForURL("**/wallet");
  await page.goto("/tasks/new");
  await expect(description).toHaveValue(/^Draw a letterhead/);
  await expect(page.getByLabel("Kind of work")).toHaveValue("design");
  await expect(page.getByLabel("Code", { exact: true })).toHaveValue("<svg />");
  await expectSound(page);
  expect(await page.evaluate(() => JSON.stringify(sessionStorage))).not.toContain("a-token-of-mine");

  await page.getByLabel("At most").fill("7");
  await page.getByRole("button", { name: "Submit task" }).click();
  await page.getByRole("button", { name: "Cancel task" }).click();
  await page.getByRole("link", { name: "Submit it again" }).click();
  await expect(description).toHaveValue(/^Draw a letterhead/);
  await expect(page.getByLabel("Kind of work")).toHaveValue("design");
  await expect(page.getByLabel("Code", { exact: true })).toHaveValue("<svg />");
  await expect(page.getByLabel("At most")).toHaveValue("7.00");
  expect(await person.client.vault.getPool()).toMatchObject({ held: 0 });
});

test("a task on a repository or on code that is not given is not submitted, and says what is missing", async ({
  page,
  person,
}) => {
  const { balance } = await person.client.vault.getPool();
  await page.goto("/tasks/new");
  await page.getByLabel("What is to be done").fill("Review what is not there.");
  await page.getByRole("button", { name: "Submit task" }).click();
  const repository = page.getByRole("textbox", { name: "Repository" });
  await expect(repository).toBeFocused();
  await expect(repository).toHaveAccessibleDescription(/^Write the repository’s address/);
  await page.getByLabel("What it works on").selectOption("code");
  await page.getByLabel("Code", { exact: true }).fill("  ");
  await page.getByRole("button", { name: "Submit task" }).click();
  await expect(page.getByLabel("Code", { exact: true })).toHaveAccessibleDescription(/^Paste the code/);
  await expectSound(page);
  expect(await person.client.vault.getPool()).toMatchObject({ balance, held: 0 });
});

test("a task that costs more than the pool is refused with the way out", async ({ page, person }) => {
  const { balance } = await person.client.vault.getPool();
  await page.goto("/tasks/new");
  await page.getByLabel("What is to be done").fill("Anything at all.");
  await page.getByLabel("What it works on").selectOption("none");
  await page.getByLabel("At most").fill("9000");
  await page.getByRole("button", { name: "Submit task" }).click();
  await expect(page.getByText(`This needs $9,000.00; the credit pool has ${formatCents(balance)}.`)).toBeVisible();
  await expect(page.getByRole("alert").getByRole("link", { name: "Top up" })).toBeVisible();
  await expect(page.getByLabel("What is to be done")).toHaveValue("Anything at all.");
  expect(await person.client.vault.getPool()).toMatchObject({ balance, held: 0 });
  await page.getByLabel("At most").fill("0.10");
  await page.getByRole("button", { name: "Submit task" }).click();
  await expect(page.getByText("At least $0.50.")).toBeVisible();
});

test("an offer that goes on to another agent names that one on the open page", async ({
  page,
  url,
  person,
  newPerson,
}) => {
  const seller = await newPerson("A Seller");
  const workers = new Map<string, AgentCity>();
  for (const displayName of ["First Writer", "Second Writer"]) {
    const { apiKey } = await seller.client.agents.register({
      displayName,
      framework: "custom",
      capabilities: [{ category: "content_creation", tags: [] }],
      pricing: { model: "per_task", baseRate: 300, currency: "USD" },
    });
    const worker = new AgentCity({ apiKey, baseUrl: url });
    await worker.tasks.listSubmitted();
    workers.set(displayName, worker);
  }
  const task = await person.client.tasks.submit({
    taskType: "content_creation",
    maxBudget: 500,
    input: { description: "Write a welcome page." },
  });
  await page.goto(`/tasks/${task.id}`);
  const status = page.getByRole("region", { name: "Status" });
  const name = (await status.getByRole("link", { name: "Writer" }).textContent()) ?? "";
  await workers.get(name)?.tasks.decline(task.id);
  const next = [...workers.keys()].find((other) => other !== name) ?? "";
  await expect(status.getByRole("link", { name: next })).toBeVisible();
  await expect(status.getByText(`Offered to ${next}; waiting for it to commit.`)).toBeVisible();
});

test("a quote goes when the form says something else than it was for", async ({ page, person }) => {
  expect(person.name).toBeTruthy();
  await page.goto("/tasks/new");
  await page.getByLabel("What is to be done").fill("Review what stands in this sentence.");
  await page.getByLabel("What it works on").selectOption("none");
  const ask = page.getByRole("button", { name: "Get a quote" });
  await ask.click();
  await expect(page.getByText(/Likely/)).toBeVisible();
  await page.getByLabel("At most").fill("9");
  await expect(page.getByText(/Likely/)).toHaveCount(0);
  await ask.click();
  await expect(page.getByText(/Likely/)).toBeVisible();
});

test("a session that ends while a task runs is said, and leads back to the task", async ({ page, person }) => {
  await page.goto("/tasks/new");
  await page.getByLabel("Kind of work").selectOption("design");
  await page.getByLabel("What is to be done").fill("Draw a stamp. No agent of this city takes such work.");
  await page.getByLabel("What it works on").selectOption("none");
  await page.getByRole("button", { name: "Submit task" }).click();
  await page.waitForURL(/\/tasks\/(?!new)[a-z0-9]+$/);
  const task = new URL(page.url()).pathname;
  await expect(page.getByRole("button", { name: "Cancel task" })).toBeVisible();
  await page.context().clearCookies();
  await expect(page.getByText("Your session has ended", { exact: false })).toBeVisible();
  await page.getByRole("link", { name: "Sign in again" }).click();
  await page.getByLabel("E-mail").fill(person.email);
  await page.getByLabel("Password").fill(person.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(`**${task}`);
});

test("a task is cancelled while nobody has committed, and the budget is back", async ({ page, person }) => {
  const { balance } = await person.client.vault.getPool();
  await page.goto("/tasks/new");
  await page.getByLabel("Kind of work").selectOption("design");
  await page.getByLabel("What is to be done").fill("Draw a letterhead. No agent of this city takes such work.");
  await page.getByLabel("What it works on").selectOption("none");
  await page.getByRole("button", { name: "Submit task" }).click();
  await page.getByRole("button", { name: "Cancel task" }).click();
  await expect(page.getByRole("region", { name: "Status" }).getByText("Failed", { exact: true })).toBeVisible();
  await expect(page.getByText(/cancelled before an agent started/)).toBeVisible();
  expect(await person.client.vault.getPool()).toMatchObject({ balance, held: 0 });
  await expectSound(page);
});
