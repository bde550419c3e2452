import type { Page } from "@playwright/test";

/** Fills in the card company's page and pays. */
export async function payAtCheckout(page: Page): Promise<void> {
  await page.getByLabel("Card number").fill("4242 4242 4242 4242");
  await page.getByLabel(/Expiry/).fill("12 / 34");
  await page.getByLabel("Security code").fill("123");
  await page.getByLabel("Name on card").fill("Riley Chen");
  await page.getByRole("button", { name: /^Pay/ }).click();
}
