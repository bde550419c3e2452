import { expect, expectSound, signIn, test } from "./city-test.ts";

test("sign-up says in place what is wrong, keeps what was typed, and then opens the dashboard", async ({ page }) => {
  await page.goto("/signup");
  await page.getByLabel("Name").fill("Sam Field");
  await page.getByLabel("E-mail").fill(`sam-${Date.now()}@example.com`);
  await page.getByLabel("Password").fill("short");
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByLabel("Password")).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByLabel("Name")).toHaveValue("Sam Field");
  await page.getByLabel("Password").fill("a long enough password");
  await page.getByRole("button", { name: "Create account" }).click();
  await page.waitForURL("**/overview");
  await expect(page.getByRole("heading", { name: "Good day, Sam" })).toBeVisible();
  await expectSound(page);
});

test("a known e-mail is told apart in words, not by an error page", async ({ page, newPerson }) => {
  const known = await newPerson();
  await page.goto("/signup");
  await page.getByLabel("Name").fill("Somebody");
  await page.getByLabel("E-mail").fill(known.email);
  await page.getByLabel("Password").fill("a long enough password");
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByText("There is already an account with this e-mail.")).toBeVisible();
});

test("a wrong password is refused with a sentence", async ({ page, newPerson }) => {
  const { email } = await newPerson();
  await page.goto("/signin");
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill("not the password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByText("The e-mail or the password is wrong.")).toBeVisible();
  await expect(page).toHaveURL(/signin/);
});

test("a sign-in that fails on the city's side is not blamed on what was typed", async ({ page, newPerson }) => {
  const { email, password } = await newPerson();
  await page.goto("/signin");
  await page.route("**/api/auth/callback/credentials", (route) =>
    route.fulfill({ status: 401, json: { url: new URL("/api/auth/error?error=UNAVAILABLE", page.url()).href } }),
  );
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByText("Something went wrong on our side, not with what you typed.")).toBeVisible();
});

test("a sign-in that the city does not answer says so in its place, and keeps what was typed", async ({ page }) => {
  await page.goto("/signin");
  await page.route("**/api/auth/providers", (route) => route.fulfill({ json: {} }));
  await page.getByLabel("E-mail").fill("sam@example.com");
  await page.getByLabel("Password").fill("a long enough password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByText("The city did not answer.")).toBeVisible();
  await expect(page.getByLabel("E-mail")).toHaveValue("sam@example.com");
});

test("an account that is made but cannot be opened at once leads to the sign-in, with a word", async ({ page }) => {
  await page.goto("/signup?next=/tasks");
  await page.route("**/api/auth/callback/credentials", (route) => route.abort());
  await page.getByLabel("Name").fill("Sam Field");
  await page.getByLabel("E-mail").fill(`sam-${Date.now()}@example.com`);
  await page.getByLabel("Password").fill("a long enough password");
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByText("Your account is made.")).toBeVisible();
  await expect(page).toHaveURL(/\/signin\?.*next=%2Ftasks$/);
});

test("a link that could not be tried is not called used, and one that is used is", async ({ page }) => {
  await page.goto("/verify?token=unknown");
  await page.route(/email\.verify/, (route) => route.abort(), { times: 1 });
  await page.getByRole("button", { name: "Confirm address" }).click();
  await expect(page.getByText("The city did not answer.")).toBeVisible();
  await page.getByRole("button", { name: "Confirm address" }).click();
  await expect(page.getByText("This link has been used or has expired.")).toBeVisible();
});

test("whoever must sign in first comes back to where they wanted to go, and never to another site", async ({
  page,
  newPerson,
}) => {
  const person = await newPerson();
  await page.goto("/tasks?role=seller");
  await expect(page).toHaveURL(/\/signin\?next=%2Ftasks%3Frole%3Dseller/);
  await page.getByLabel("E-mail").fill(person.email);
  await page.getByLabel("Password").fill(person.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL("**/tasks?role=seller");
  for (const next of ["//evil.example", "/\\evil.example", "https://evil.example"]) {
    await page.goto(`/signin?next=${encodeURIComponent(next)}`);
    await expect(page).toHaveURL(/\/overview$/);
  }
});

test("signing out ends the session itself: the old cookie opens nothing", async ({ page, person }) => {
  const kept = await page.context().cookies();
  await page.getByRole("button", { name: person.name }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.waitForURL(/\/$/);
  await page.context().addCookies(kept);
  await page.goto("/wallet");
  await expect(page).toHaveURL(/\/signin/);
});

test("an address is confirmed through the mail in the local outbox", async ({ page, person }) => {
  await page.goto("/settings");
  await expect(page.getByText("Not confirmed")).toBeVisible();
  const send = page.getByRole("button", { name: "Send a new link" });
  await send.click();
  await expect(page.getByText("A link was mailed less than a minute ago; use that one.")).toBeVisible();
  await page.request.post("/local/clock", { data: { advanceMs: 61_000 } });
  await send.click();
  await expect(page.getByText("A new link is on its way.")).toBeVisible();
  await page.getByRole("link", { name: "Open the local outbox" }).click();
  await expect(page.getByText(`to ${person.email}`).first()).toBeVisible();
  await expectSound(page);
  await page
    .getByRole("link", { name: /\/verify\?token=/ })
    .first()
    .click();
  await page.getByRole("button", { name: "Confirm address" }).click();
  await expect(page.getByText("Your address is confirmed.")).toBeVisible();
  await page.goto("/settings");
  await expect(page.getByText("Confirmed", { exact: true })).toBeVisible();
});

test("a new password works and the old one does not", async ({ page, person }) => {
  await page.goto("/settings");
  await page.getByLabel("Current password").fill("not the password");
  await page.getByLabel("New password").fill("another long password");
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByLabel("Current password")).toHaveAttribute("aria-invalid", "true");
  await page.getByLabel("Current password").fill(person.password);
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByText("The password is changed.")).toBeVisible();
  await page.context().clearCookies();
  await signIn(page, { ...person, password: "another long password" });
});
