import { defineConfig } from "@playwright/test";
import { findTools } from "#server/tools.ts";

const executablePath = findTools().chromium;

/** People's pages in a real browser, against one city of their own that `open-city.ts` starts and stops. */
export default defineConfig({
  testDir: "tests/browser",
  testMatch: "*.spec.ts",
  globalSetup: "./tests/browser/open-city.ts",
  outputDir: "test-results",
  // Two cores: the city, its seed agents and the browser are busy enough.
  workers: 1,
  // A shared machine may stand still for a while: in CI a test that fails is tried once more, and listed as flaky.
  retries: process.env.CI ? 1 : 0,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  reporter: [["list"]],
  use: {
    viewport: { width: 1280, height: 900 },
    trace: "retain-on-failure",
    launchOptions: {
      ...(executablePath && { executablePath }),
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
