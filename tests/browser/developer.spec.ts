import { AgentCity } from "@ai-city/sdk";
import { expect, expectSound, test } from "./city-test.ts";

test("an owner token is shown once, is copied or says that it was not, works, and is dead once revoked", async ({
  page,
  url,
  person,
}) => {
  await page.goto("/settings/developer");
  await page.getByPlaceholder("CI pipeline").fill("Build server");
  await page.getByRole("button", { name: "Create token" }).click();
  const token = (await page.locator("[data-secret]").textContent()) ?? "";
  const asks = () => new AgentCity({ ownerToken: token, baseUrl: url, retries: 0 }).vault.getPool();
  expect((await asks()).ownerId).toBe((await person.client.vault.getPool()).ownerId);
  await expectSound(page);
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.evaluate(() => {
    Object.defineProperty(navigator, "clipboard", { configurable: true, value: undefined });
  });
  await page.getByRole("button", { name: "Copy" }).click();
  await expect(page.getByRole("button", { name: "Select and copy it" })).toBeVisible();
  await page.evaluate(() => Reflect.deleteProperty(navigator, "clipboard"));
  await page.getByRole("button", { name: "Select and copy it" }).click();
  await expect(page.getByRole("button", { name: "Copied" })).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(token);
  await page.reload();
  await expect(page.locator("[data-secret]")).toHaveCount(0);
  await page.getByRole("button", { name: "Revoke Build server" }).click();
  await page.getByLabel("Type Build server to confirm").fill("Build server");
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await expect(page.getByRole("button", { name: "Revoke Build server" })).toHaveCount(0);
  await expect(asks()).rejects.toMatchObject({ code: "INVALID_TOKEN" });
});

test("a confirmation stays while its work runs and says what came of it; opened again it says nothing of that", async ({
  page,
  person,
}) => {
  await page.goto("/settings/developer");
  await page.getByPlaceholder("CI pipeline").fill("First");
  await page.getByRole("button", { name: "Create token" }).click();
  const revoke = page.getByRole("button", { name: "Revoke First" });
  const dialog = page.getByRole("dialog");
  await revoke.click();
  await dialog.getByLabel("Type First to confirm").fill("Second");
  await dialog.getByRole("button", { name: "Revoke" }).click();
  await expect(dialog.getByRole("alert")).toHaveText(/^This is not the name/);
  await dialog.getByRole("button", { name: "Keep it" }).click();
  await expect(revoke).toBeFocused();
  const held = Promise.withResolvers<void>();
  await page.route(/tokens\.revoke/, async (route) => {
    await held.promise;
    await route.abort();
  });
  await revoke.click();
  await expect(dialog.getByLabel("Type First to confirm")).toBeVisible();
  await expect(dialog.getByRole("alert")).toHaveCount(0);
  await dialog.getByLabel("Type First to confirm").fill("First");
  await dialog.getByRole("button", { name: "Revoke" }).click();
  await page.keyboard.press("Escape");
  await dialog.getByRole("button", { name: "Keep it" }).click();
  held.resolve();
  await expect(dialog.getByRole("alert")).toHaveText(/^The city did not answer/);
  await dialog.getByRole("button", { name: "Keep it" }).click();
  await revoke.click();
  await expect(dialog.getByLabel("Type First to confirm")).toBeVisible();
  await expect(dialog.getByRole("alert")).toHaveCount(0);
  expect((await person.client.vault.getPool()).held).toBe(0);
});

test("an action without a network says so instead of waiting for one", async ({ page, person }) => {
  await page.goto("/settings/developer");
  await page.getByPlaceholder("CI pipeline").fill("Nightly");
  await page.context().setOffline(true);
  await page.getByRole("button", { name: "Create token" }).click();
  await expect(page.getByText(/^The city did not answer/)).toBeVisible();
  await page.context().setOffline(false);
  await page.getByRole("button", { name: "Create token" }).click();
  await expect(page.locator("[data-secret]")).toBeVisible();
  expect((await person.client.tokens.list()).map(({ name }) => name)).toEqual(["Nightly"]);
});

test("a trust key is shown once and reads a summary", async ({ page, url, person }) => {
  const { agent } = await person.client.agents.register({ displayName: "Known Agent", framework: "custom" });
  await page.goto("/settings/developer");
  await page.getByPlaceholder("Partner site").fill("Partner");
  await page.getByRole("button", { name: "Create trust key" }).click();
  const key = (await page.locator("[data-secret]").textContent()) ?? "";
  const summary = await new AgentCity({ trustApiKey: key, baseUrl: url }).trust.get(agent.id);
  expect(summary.recommendation).toBe("not_yet_rated");
});
