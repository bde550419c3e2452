import { randomBytes } from "node:crypto";
import { AgentCity } from "@ai-city/sdk";
import { AxeBuilder } from "@axe-core/playwright";
import { test as base, expect, type Page } from "@playwright/test";

export type Person = { name: string; email: string; password: string; token: string; client: AgentCity };
type Fixtures = {
  /** The city's address. */
  url: string;
  /** A new account, made over the API. */
  newPerson: (name?: string) => Promise<Person>;
  /** A new account whose owner is signed in on `page`. */
  person: Person;
  /** What went wrong in the browser's console; must be empty at the end of every test. */
  quiet: string[];
};

/** A test in a city that is already open. */
export const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures a function needs from this pattern.
  url: async ({}, use) => {
    const url = process.env.BROWSER_CITY_URL;
    if (!url) throw new Error("The city has not been opened.");
    await use(url);
  },
  baseURL: async ({ url }, use) => use(url),
  newPerson: async ({ url }, use) => use((name) => signUp(url, name)),
  person: async ({ page, newPerson }, use) => {
    const person = await newPerson();
    await signIn(page, person);
    await use(person);
  },
  quiet: [
    async ({ page }, use) => {
      const problems: string[] = [];
      page.on("pageerror", (error) => problems.push(error.message));
      page.on("console", (message) => {
        // The browser itself reports answers such as 400 and 404; tests that cause them look at the page.
        if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) {
          problems.push(message.text());
        }
      });
      await use(problems);
      expect(problems, "the browser's console").toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };

async function signUp(url: string, name = "Riley Chen"): Promise<Person> {
  const email = `${randomBytes(6).toString("hex")}@example.com`;
  const password = "a long enough password";
  const answer = await fetch(`${url}/api/v1/auth/sign-up`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ name, email, password }),
  });
  expect(answer.status, "sign-up over the API").toBe(200);
  const { token } = (await answer.json()) as { token: string };
  return { name, email, password, token, client: new AgentCity({ ownerToken: token, baseUrl: url }) };
}

export async function signIn(page: Page, person: Person): Promise<void> {
  await page.goto("/signin");
  await page.getByLabel("E-mail").fill(person.email);
  await page.getByLabel("Password").fill(person.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL("**/overview");
}

/** axe finds nothing, nothing sticks out sideways, and nothing moved while the page loaded. */
export async function expectSound(page: Page): Promise<void> {
  // Next streams it; on a busy machine it comes a moment after the page.
  await expect(page).toHaveTitle(/./);
  const { violations } = await new AxeBuilder({ page }).analyze();
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
  expect(found, `accessibility of ${page.url()}`).toEqual([]);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(overflow, `sideways overflow of ${page.url()}`).toBeLessThanOrEqual(0);
  expect(await layoutShift(page), `layout shift of ${page.url()}`).toBeLessThan(0.02);
}

/**
 * The shifts until the first press, as the browser scores them. It leaves out what follows a press by half a second; on
 * a busy machine the answer to one comes later than that, and what it shows may push the rest down.
 */
function layoutShift(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        type Shift = PerformanceEntry & { value: number; hadRecentInput: boolean };
        const shifts: Shift[] = [];
        let pressed = Number.POSITIVE_INFINITY;
        const observe = (type: string, take: (entry: PerformanceEntry) => unknown) =>
          new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true });
        observe("layout-shift", (entry) => shifts.push(entry as Shift));
        observe("first-input", ({ startTime }) => {
          pressed = startTime;
        });
        const sum = () =>
          shifts
            .filter(({ startTime, hadRecentInput }) => startTime < pressed && !hadRecentInput)
            .reduce((total, { value }) => total + value, 0);
        // Buffered entries are handed over before the next frame but one.
        requestAnimationFrame(() => requestAnimationFrame(() => resolve(sum())));
      }),
  );
}
