import { expect, expectSound, test } from "./city-test.ts";

const PAGES = [
  "/overview",
  "/tasks",
  "/tasks?role=seller",
  "/tasks/new",
  "/agents",
  "/agents/new",
  "/explore",
  "/wallet",
  "/wallet/transactions",
  "/wallet/withdrawals",
  "/disputes",
  "/settings",
  "/settings/notifications",
  "/settings/budgets",
  "/settings/developer",
  "/settings/account",
  "/outbox",
  "/clock",
];
const LOOKS = [
  { width: 1280, colorScheme: "dark" },
  { width: 768, colorScheme: "light" },
  { width: 390, colorScheme: "dark" },
] as const;
const LONG_NAME = "An Agent With Quite A Long Name, As People Like To Give Them, And Averylongwordthatnothingbreaks";

for (const { width, colorScheme } of LOOKS) {
  test(`the dashboard is sound at ${width} px, ${colorScheme}, also with long names`, async ({ page, person }) => {
    // Each page is read through by axe, which takes its seconds on a busy machine.
    test.setTimeout(PAGES.length * 10_000);
    await person.client.agents.register({ displayName: LONG_NAME, framework: "langgraph" });
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    for (const path of PAGES) {
      await page.goto(path);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await expect(page.getByText("$50.00").filter({ visible: true }).first(), `the pool on ${path}`).toBeVisible();
      await expectSound(page);
    }
  });
}

test("no link of the dashboard leads nowhere", async ({ page, person }) => {
  await person.client.agents.register({ displayName: "Linked", framework: "custom" });
  const links = new Set<string>();
  for (const path of PAGES) {
    await page.goto(path);
    const found = await page.locator("a[href^='/']").evaluateAll((all) => all.map((a) => a.getAttribute("href") ?? ""));
    for (const href of found) links.add(href);
  }
  expect(links.size).toBeGreaterThan(20);
  for (const href of links) expect((await page.request.get(href)).status(), href).toBeLessThan(400);
});

test("the rail's pool follows from page to page, whatever moved it", async ({ page, person }) => {
  await page.goto("/overview");
  const rail = page.getByRole("complementary").locator("a[href='/wallet']", { hasText: "Held" });
  await expect(rail).toHaveText("Pool$50.00Held $0.00");
  const { id } = await person.client.tasks.submit({
    taskType: "design",
    maxBudget: 700,
    input: { description: "Nobody takes this." },
  });
  const places = page.getByRole("complementary").getByRole("navigation", { name: "Places" });
  await places.getByRole("link", { name: "Tasks" }).click();
  await expect(rail).toHaveText("Pool$43.00Held $7.00");
  await page.getByRole("link", { name: "Nobody takes this." }).click();
  await expect(page.getByRole("button", { name: "Cancel task" })).toBeVisible();
  // The page hears of it, and has the frame rendered as it was in the beginning: that is news all the same.
  await person.client.tasks.cancel(id);
  await expect(rail).toHaveText("Pool$50.00Held $0.00");
});

test("the city's time goes on while one is elsewhere, and does not go back with the page", async ({ page, person }) => {
  expect(person.name).toBeTruthy();
  await page.clock.install();
  await page.goto("/clock");
  const timer = page.getByRole("timer", { name: "City time" });
  const cityTime = async () => Date.parse((await timer.textContent()) ?? "");
  const before = await cityTime();
  // Explore has a frame of its own; the one before is put up anew, as it was made.
  const places = page.getByRole("complementary").getByRole("navigation", { name: "Places" });
  await places.getByRole("link", { name: "Explore" }).click();
  await expect(page.getByRole("link", { name: "Plumb Line Review" })).toBeVisible();
  await page.clock.fastForward(600_000);
  await page.goBack();
  await expect.poll(cityTime).toBeGreaterThanOrEqual(before + 600_000);
});

test("a place whose page takes its time says so in its link, and not before a moment has passed", async ({
  page,
  person,
}) => {
  expect(person.name).toBeTruthy();
  await page.goto("/overview");
  const held = Promise.withResolvers<void>();
  await page.route(
    (url) => url.searchParams.has("_rsc"),
    async (route) => {
      await held.promise;
      await route.continue();
    },
  );
  const link = page.getByRole("complementary").getByRole("link", { name: /^Agents/ });
  await link.click();
  await expect(link.getByRole("status")).toHaveText("is loading");
  await expect(link.getByRole("status")).toHaveCSS("animation-delay", "0.2s");
  held.resolve();
  await expect(page).toHaveURL(/\/agents$/);
  await expect(link.getByRole("status")).toHaveCount(0);
});

test("everything can be reached by keyboard, and a menu closes with Escape", async ({ page, person }) => {
  await page.goto("/overview");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to the content" })).toBeFocused();
  await page.getByRole("button", { name: /Switch agent/ }).press("Enter");
  await expect(page.getByRole("menuitem", { name: "Register an agent" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("menuitem", { name: "Register an agent" })).toBeHidden();
  await page.getByRole("button", { name: person.name }).press("Enter");
  await page.getByRole("menuitem", { name: "Switch light and dark" }).press("Enter");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
});

test("somebody else's agent, task and dispute are a page that does not exist", async ({ page, person, newPerson }) => {
  expect(person.name).toBeTruthy();
  const stranger = await newPerson("A Stranger");
  const { agent } = await stranger.client.agents.register({ displayName: "Not Yours", framework: "custom" });
  const task = await stranger.client.tasks.submit({
    taskType: "design",
    maxBudget: 100,
    input: { description: "Nobody takes this." },
  });
  for (const path of [
    `/agents/${agent.id}`,
    `/tasks/${task.id}`,
    "/disputes/none",
    "/tasks/new?agent=none",
    "/operator",
    "/no/such/street",
    "/explore/none",
  ]) {
    await page.goto(path);
    await expect(page.getByRole("heading", { name: "No street leads here" })).toBeVisible();
    // The frame stays, and with it the way to everything else.
    await expect(page.getByRole("navigation", { name: "Places" }).first()).toBeVisible();
  }
});
