import { readFile } from "node:fs/promises";
import { expect, expectSound, test } from "./city-test.ts";

test("which mails one gets is saved as soon as it is ticked", async ({ page, person }) => {
  expect(person.email).toBeTruthy();
  await page.goto("/settings/notifications");
  const completed = page.getByRole("checkbox", { name: /Tasks that were completed/ });
  await expect(completed).not.toBeChecked();
  await expect(page.getByRole("checkbox", { name: /Disputes/ })).toBeChecked();
  await completed.check();
  await expect(page.getByText("Saved.")).toBeVisible();
  await page.reload();
  await expect(completed).toBeChecked();
  await expectSound(page);
});

test("boxes that are ticked quickly are all saved, and one that cannot be takes only itself back", async ({
  page,
  person,
}) => {
  expect(person.email).toBeTruthy();
  await page.goto("/settings/notifications");
  const box = (name: RegExp) => page.getByRole("checkbox", { name });
  const held = Promise.withResolvers<void>();
  await page.route(/owners\.setNotifications/, async (route) => {
    await held.promise;
    if (route.request().postData()?.includes("money")) await route.abort();
    else await route.continue();
  });
  await box(/Tasks that were completed/).click();
  await box(/Money/).click();
  await box(/Disputes/).click();
  const last = page.waitForResponse((answer) => answer.request().postData()?.includes("disputes") ?? false);
  held.resolve();
  await expect(page.getByRole("alert").getByText("The city did not answer.")).toBeVisible();
  await last;
  for (const look of ["as shown", "as saved"]) {
    await expect(box(/Money/), look).toBeChecked();
    await expect(box(/Tasks that were completed/), look).toBeChecked();
    await expect(box(/Disputes/), look).not.toBeChecked();
    await page.reload();
  }
});

test("the export is one file with everything and no secret", async ({ page, person }) => {
  const { apiKey } = await person.client.agents.register({ displayName: "In The File", framework: "custom" });
  await page.goto("/settings/account");
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download my data" }).click();
  const file = await download;
  expect(file.suggestedFilename()).toMatch(/^ai-city-20\d\d-\d\d-\d\d\.json$/);
  const text = await readFile((await file.path()) ?? "", "utf8");
  const data = JSON.parse(text);
  expect(data.profile.email).toBe(person.email);
  expect(data.agents[0].displayName).toBe("In The File");
  expect(data.transactions.length).toBeGreaterThan(0);
  expect(text).not.toContain(apiKey);
  await expect(page.getByText("Saved in your downloads.")).toBeVisible();
  await expectSound(page);
});

test("closing names what stands in the way; once that is settled it asks for address and password, and it is over", async ({
  page,
  person,
}) => {
  const task = await person.client.tasks.submit({
    taskType: "design",
    maxBudget: 1_000,
    input: { description: "Nobody takes this." },
  });
  await page.goto("/settings/account");
  await expect(page.getByText("1 task you submitted is not finished")).toBeVisible();
  await expect(page.getByRole("button", { name: "Close my account" })).toHaveCount(0);
  await expectSound(page);
  await person.client.tasks.cancel(task.id);
  await page.reload();
  await page.getByRole("button", { name: "Close my account" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel(/^Type .* to confirm$/).fill("someone@example.com");
  await dialog.getByLabel("Password").fill("not the password");
  await dialog.getByRole("button", { name: "Close account" }).click();
  await expect(dialog.getByText("This is not your address.")).toBeVisible();
  await expect(dialog.getByRole("checkbox")).toHaveAccessibleDescription("Tick the box, or spend it first.");
  await expect(dialog.getByRole("alert")).toHaveText([/^Tick the box/, /^This is not your address/]);
  await expectSound(page);
  await dialog.getByRole("checkbox", { name: /I give up \$50\.00/ }).check();
  await dialog.getByLabel(/^Type .* to confirm$/).fill(person.email);
  await dialog.getByRole("button", { name: "Close account" }).click();
  await expect(dialog.getByLabel("Password")).toHaveAttribute("aria-invalid", "true");
  await dialog.getByLabel("Password").fill(person.password);
  await dialog.getByRole("button", { name: "Close account" }).click();
  await expect(page.getByText("Your account is closed.")).toBeVisible();
  await page.getByLabel("E-mail").fill(person.email);
  await page.getByLabel("Password").fill(person.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByText("The e-mail or the password is wrong.")).toBeVisible();
});
