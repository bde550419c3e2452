import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { ownUrl } from "#server/start-city.ts";
import { refuseWithoutSeal } from "#server/start-ports.ts";
import { findTools } from "#server/tools.ts";

const dataDir = mkdtempSync(join(tmpdir(), "city-start-"));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

/** What a start that fails writes to the terminal. */
function failedStart(env: Record<string, string>): Promise<{ code: unknown; stderr: string }> {
  const quietly = { CITY_DATA_DIR: dataDir, CITY_WEB: "off", CITY_SEED: "off", LOG_LEVEL: "silent", ...env };
  return new Promise((resolve) => {
    execFile(process.execPath, ["server/main.ts"], { env: { ...process.env, ...quietly } }, (error, _, stderr) =>
      resolve({ code: error?.code, stderr }),
    );
  });
}

test("a start that finds its port taken says so and what to do, and nothing else", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const { port } = other.address() as AddressInfo;
  expect(await failedStart({ PORT: String(port) })).toEqual({
    code: 1,
    stderr: `Port ${port} is taken. Stop what uses it, or choose another: PORT=${port + 10} npm start\n`,
  });
  other.close();
});

test.each([
  ["127.0.0.1", "http://127.0.0.1:3000"],
  ["0.0.0.0", "http://127.0.0.1:3000"],
  ["::1", "http://[::1]:3000"],
  ["::", "http://[::1]:3000"],
  ["city.internal", "http://city.internal:3000"],
])("a city that listens on %s calls itself by an address that leads there", (host, url) => {
  expect(ownUrl({ host, port: 3000 })).toBe(url);
  expect(new URL(url).port).toBe("3000");
});

test("production without what seals its sandboxes is refused with the command that brings it, whoever uses E2B is not", () => {
  const production = { production: true, sandbox: null };
  const bare = { ...findTools(), bwrap: null, git: null };
  expect(() => refuseWithoutSeal(production, bare)).toThrow(
    /^Production runs .* bwrap and git cannot be found: .*install.* bubblewrap git.*\. Or set E2B_API_KEY/,
  );
  expect(() => refuseWithoutSeal(production, { ...bare, bwrap: "/usr/bin/bwrap", git: "/usr/bin/git" })).not.toThrow();
  expect(() => refuseWithoutSeal({ ...production, sandbox: "e2b" }, bare)).not.toThrow();
  expect(() => refuseWithoutSeal({ ...production, production: false }, bare)).not.toThrow();
});

test("a start with a configuration that cannot be used says what is wrong with it, and nothing else", async () => {
  const { code, stderr } = await failedStart({ CITY_SETTINGS: '{"money":{"maximumTopUp":2000000}}' });
  expect(code).toBe(1);
  expect(stderr).toMatch(/^The configuration cannot be used:\n {2}- CITY_SETTINGS: money\.maximumTopUp: .*\n$/);
});
