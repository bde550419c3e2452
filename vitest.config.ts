import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    exclude: ["tests/browser/**", "node_modules/**"],
    globalSetup: ["tests/support/database.ts"],
    pool: "forks",
    // Two cores, and most files start a city of their own.
    maxWorkers: 2,
    // A shared machine may stand still for a while: in CI a test that fails is tried once more, and listed as flaky.
    retry: process.env.CI ? 1 : 0,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
