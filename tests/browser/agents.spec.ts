import { AgentCity } from "@ai-city/sdk";
import type { Page } from "@playwright/test";
import { expect, expectSound, test } from "./city-test.ts";

async function register(page: Page, name: string): Promise<string> {
  await page.goto("/agents/new");
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByRole("checkbox", { name: "Code review" }).check();
  await page.getByLabel("Code review, tags").fill("typescript, react");
  await page.getByLabel(/Price for one task/).fill("4.20");
  await page.getByRole("button", { name: "Register agent" }).click();
  return (await page.locator("[data-secret]").textContent()) ?? "";
}

test("an agent is registered, its key works and is shown once", async ({ page, url, person }) => {
  await page.goto("/agents");
  await expect(page.getByText("No agent yet")).toBeVisible();
  await expectSound(page);
  const key = await register(page, "Night Shift");
  const me = await new AgentCity({ apiKey: key, baseUrl: url }).agents.me();
  expect(me).toMatchObject({ displayName: "Night Shift", pricing: { baseRate: 420 } });
  expect(me.capabilities).toEqual([{ category: "code_review", tags: ["typescript", "react"] }]);
  expect((await person.client.agents.listMine()).map(({ id }) => id)).toEqual([me.id]);
  await expectSound(page);
  await page.getByRole("link", { name: /I have stored it/ }).click();
  await expect(page.getByRole("heading", { name: "Night Shift" })).toBeVisible();
  await expect(page.getByText(key)).toHaveCount(0);
  await page.goBack();
  await expect(page.locator("[data-secret]")).toHaveCount(0);
});

test("only what a person changed is saved, an emptied model is cleared, and a price is never lost", async ({
  page,
  url,
  person,
}) => {
  const { agent, apiKey } = await person.client.agents.register({
    displayName: "Two Hands",
    framework: "custom",
    model: "claude-haiku",
    capabilities: [{ category: "testing", tags: ["vitest"] }],
  });
  await page.goto(`/agents/${agent.id}`);
  // Meanwhile the agent changes itself.
  const itself = new AgentCity({ apiKey, baseUrl: url });
  await itself.agents.update({ availability: "offline", description: "Written by the agent." });
  const save = page.getByRole("button", { name: "Save changes" });
  await page.getByLabel("Price for one task").fill("");
  await save.click();
  await expect(page.getByText("An agent that is registered has a price.")).toBeVisible();
  await page.getByLabel("Price for one task").fill("1.50");
  await page.getByLabel("Model").fill("");
  await save.click();
  await expect(page.getByText("Saved.")).toBeVisible();
  expect(await itself.agents.me()).toMatchObject({
    availability: "offline",
    description: "Written by the agent.",
    model: null,
    modelTier: "standard",
    pricing: { baseRate: 150 },
    capabilities: [{ category: "testing", tags: ["vitest"] }],
  });
  await expect(page.getByLabel("Availability")).toHaveValue("offline");
  await save.click();
  await expect(page.getByText("Nothing has changed.")).toBeVisible();
  // Once more, and now also what was typed here before.
  await itself.agents.update({ pricing: { model: "per_task", baseRate: 200, currency: "USD" } });
  await page.getByLabel("Description").fill("Written by its owner.");
  await save.click();
  await expect(page.getByLabel("Price for one task")).toHaveValue("2.00");
  await page.getByLabel("Name", { exact: true }).fill("Three Hands");
  await save.click();
  await expect.poll(async () => (await itself.agents.me()).displayName).toBe("Three Hands");
  expect(await itself.agents.me()).toMatchObject({
    description: "Written by its owner.",
    pricing: { baseRate: 200 },
  });
});

test("price, availability and limits are edited in place", async ({ page, person }) => {
  await register(page, "Price Tag");
  await page.getByRole("link", { name: /I have stored it/ }).click();
  await page.getByLabel("Availability").selectOption("busy");
  await page.getByLabel("Price for one task").fill("a lot");
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(page.getByText("Write an amount in dollars, such as 12.50.")).toBeVisible();
  await page.getByLabel("Price for one task").fill("7.05");
  await page.getByLabel("Code review, tags").fill(`typescript, ${"t".repeat(41)}`);
  await page.getByRole("button", { name: "Save changes" }).click();
  const work = page.getByRole("group", { name: "Work it takes" });
  await expect(work).toHaveAccessibleDescription("At most 40 characters.");
  await expect(work.getByRole("alert")).toBeVisible();
  await expect(page.getByLabel("Code review, tags")).toHaveAttribute("aria-invalid", "true");
  await page.getByLabel("Code review, tags").fill("typescript");
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(page.getByText("Saved.")).toBeVisible();
  await page.getByLabel("A day (UTC)").fill("20");
  await page.getByRole("button", { name: "Save limits" }).click();
  await expect(page.getByText("Saved.")).toHaveCount(2);
  await page.reload();
  await expect(page.getByLabel("Price for one task")).toHaveValue("7.05");
  await expect(page.getByLabel("A day (UTC)")).toHaveValue("20.00");
  const [agent] = await person.client.agents.listMine();
  expect(agent).toMatchObject({ availability: "busy", pricing: { baseRate: 705 } });
  await expectSound(page);
});

test("rotating and deactivating ask for the name; the old key dies at once", async ({ page, url, person }) => {
  expect(await person.client.agents.listMine()).toEqual([]);
  const old = await register(page, "Short Life");
  await page.getByRole("link", { name: /I have stored it/ }).click();
  await page.getByRole("button", { name: "Rotate key" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Type Short Life to confirm").fill("Short");
  await dialog.getByRole("button", { name: "Rotate key" }).click();
  await expect(dialog.getByText("This is not the name.")).toBeVisible();
  await dialog.getByLabel("Type Short Life to confirm").fill("Short Life");
  await expectSound(page);
  await dialog.getByRole("button", { name: "Rotate key" }).click();
  const key = (await page.locator("[data-secret]").textContent()) ?? "";
  const asks = (apiKey: string) => new AgentCity({ apiKey, baseUrl: url, retries: 0 }).agents.me();
  await expect(asks(old)).rejects.toMatchObject({ code: "INVALID_API_KEY" });
  expect((await asks(key)).displayName).toBe("Short Life");
  await page.getByRole("button", { name: "Deactivate" }).click();
  await dialog.getByLabel("Type Short Life to confirm").fill("Short Life");
  await dialog.getByRole("button", { name: "Deactivate" }).click();
  await expect(page.getByText("Deactivated").first()).toBeVisible();
  await expect(asks(key)).rejects.toMatchObject({ code: "AGENT_DEACTIVATED" });
  await page.getByRole("button", { name: "Reactivate" }).click();
  await expect(page.getByRole("button", { name: "Deactivate" })).toBeVisible();
});

test("an agent's page shows its webhook's deliveries, lets one be sent again, and says how its score came about", async ({
  page,
  person,
  newPerson,
  url,
}) => {
  const { agent, apiKey } = await person.client.agents.register({
    displayName: "Hooked",
    framework: "custom",
    capabilities: [{ category: "design", tags: [] }],
  });
  await page.goto(`/agents/${agent.id}`);
  await expect(page.getByText("Every agent starts at 450")).toBeVisible();
  const asAgent = new AgentCity({ apiKey, baseUrl: url });
  // Nobody listens at this address, so the delivery waits for its next try.
  await asAgent.agents.registerWebhook("http://127.0.0.1:9/hook");
  const buyer = await newPerson("Buyer");
  const task = await buyer.client.tasks.submit({
    taskType: "design",
    maxBudget: 1_000,
    input: { description: "A task that fails, so that there is a history." },
    agentId: agent.id,
  });
  await expect
    .poll(async () => (await asAgent.agents.listDeliveries()).data[0]?.attempts ?? 0, { timeout: 15_000 })
    .toBeGreaterThan(0);
  const { sandboxId } = await asAgent.tasks.provisionSandbox(task.id);
  await asAgent.tasks.markExecuting(task.id, sandboxId);
  await asAgent.tasks.fail(task.id, { reason: "cannot" });
  await page.reload();
  const deliveries = page.getByRole("table", { name: "Webhook deliveries" });
  await expect(deliveries.getByText("Task offered")).toBeVisible();
  await expect(deliveries.getByText(/Reached nobody/).first()).toBeVisible();
  await deliveries
    .getByRole("button", { name: /Send again: Task offered/ })
    .first()
    .click();
  await expect(page.getByText("On its way. Reload the page to see the answer.")).toBeVisible();
  await expect(page.getByRole("img", { name: /Overall score from \d+ on/ })).toBeVisible();
  await page.getByText("What moved it last").click();
  await expect(page.getByText("The agent gave a task up")).toBeVisible();
  await page.getByText("Days as a table").click();
  await expectSound(page);
  await page.goto(`/tasks/${task.id}`);
  await expect(page.getByRole("region", { name: "Status" })).toContainText(
    "Your agent gave the task up, so nothing was charged.",
  );
});
