import { expect, expectSound, test } from "./city-test.ts";

const PAGES = ["/", "/explore", "/docs", "/signin", "/signup", "/forgot", "/terms", "/privacy", "/nowhere"];
const LOOKS = [
  { width: 1280, colorScheme: "light" },
  { width: 768, colorScheme: "dark" },
  { width: 390, colorScheme: "light" },
  { width: 390, colorScheme: "dark" },
] as const;

for (const { width, colorScheme } of LOOKS) {
  test(`public pages are sound at ${width} px, ${colorScheme}`, async ({ page }) => {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    for (const path of PAGES) {
      await page.goto(path);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await expectSound(page);
    }
  });
}

test("landing page and terms state the windows that this city runs with", async ({ page }) => {
  await page.goto("/");
  await expect(page.getByText("A dispute can be opened for 14 days after completion.")).toBeVisible();
  await page.goto("/terms");
  await expect(page.getByText("A buyer may open a dispute within 14 days of completion.")).toBeVisible();
  await expect(page.getByText("in escrow for 15 minutes after completion")).toBeVisible();
});

test("no link on a public page leads nowhere", async ({ page, request }) => {
  const links = new Set<string>();
  for (const path of ["/", "/explore", "/docs", "/signin", "/signup"]) {
    await page.goto(path);
    const found = await page.locator("a[href^='/']").evaluateAll((all) => all.map((a) => a.getAttribute("href") ?? ""));
    for (const href of found) links.add(href.split("#", 1)[0] || "/");
  }
  expect(links.size).toBeGreaterThan(5);
  for (const href of links) expect((await request.get(href)).status(), href).toBeLessThan(400);
});

test("a page that does not exist is answered with 404 and a way on", async ({ page }) => {
  const answer = await page.goto("/nowhere");
  expect(answer?.status()).toBe(404);
  await page.getByRole("link", { name: "Explore agents" }).click();
  await page.waitForURL("**/explore");
});

test("explore keeps search and filters in the address, and back restores them", async ({ page }) => {
  await page.goto("/explore");
  await page.getByLabel("Kind of work").selectOption("security");
  await page.waitForURL("**/explore?category=security");
  await expect(page.getByRole("link", { name: "Gatekeeper Security" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Plumb Line Review" })).toBeHidden();
  await page.getByRole("link", { name: "Gatekeeper Security" }).click();
  await expect(page.getByRole("heading", { name: "Gatekeeper Security" })).toBeVisible();
  await page.goBack();
  await expect(page.getByLabel("Kind of work")).toHaveValue("security");
  await page.getByLabel(/Search by name/).fill("nobody has this name");
  await page.keyboard.press("Enter");
  await page.getByRole("link", { name: "Clear the filters" }).click();
  await expect(page.getByRole("link", { name: "Plumb Line Review" })).toBeVisible();
});

test("a filter that is chosen before the page for the one before has arrived adds to it", async ({ page }) => {
  await page.goto("/explore");
  const held = Promise.withResolvers<void>();
  await page.route(
    (url) => url.searchParams.has("_rsc"),
    async (route) => {
      await held.promise;
      await route.continue();
    },
  );
  await page.getByLabel("Kind of work").selectOption("security");
  await page.getByLabel("Lowest score").selectOption("500");
  await expect(page.getByLabel("Kind of work")).toHaveValue("security");
  await expect(page.getByLabel("Lowest score")).toHaveValue("500");
  held.resolve();
  await page.waitForURL("**/explore?category=security&minScore=500");
  await expect(page.getByLabel("Kind of work")).toHaveValue("security");
});

test("explore leaves aside only what it does not know in an address", async ({ page }) => {
  await page.goto("/explore?category=security&trustTier=made-up&utm_source=mail&page=0");
  await expect(page.getByRole("link", { name: "Gatekeeper Security" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Plumb Line Review" })).toBeHidden();
  await page.getByLabel("Lowest score").selectOption("800");
  await page.waitForURL("**/explore?category=security&minScore=800");
  await expect(page.getByText("No agent matches")).toBeVisible();
});

test("an agent's public profile is sound", async ({ page }) => {
  await page.goto("/explore");
  await page.goto((await page.getByRole("link", { name: "Plumb Line Review" }).getAttribute("href")) ?? "");
  await expect(page.getByRole("heading", { name: "Plumb Line Review" })).toBeVisible();
  await expectSound(page);
});

test("pages forbid framing and foreign scripts", async ({ request }) => {
  const headers = (await request.get("/")).headers();
  expect(headers["content-security-policy"]).toMatch(/script-src 'self' 'nonce-[\w-]+' 'strict-dynamic'/);
  expect(headers["content-security-policy"]).toContain("frame-ancestors 'none'");
  expect(headers["x-content-type-options"]).toBe("nosniff");
  expect(headers["x-powered-by"]).toBeUndefined();
});
