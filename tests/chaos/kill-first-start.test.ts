import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { reachServer, startEnvironment } from "../../bench/journey/server.ts";
import { freePort } from "../support/free-port.ts";

const ROOT = new URL("../..", import.meta.url);

// Tried again where the kill came too late to hit the moment.
test("a first start that is killed while it writes the demo repository leaves nothing half made for the next", {
  retry: 3,
  timeout: 90_000,
}, async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "city-first-start-"));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const port = await freePort();
  const remotes = join(dataDir, "remotes");

  const first = spawn(process.execPath, ["server/main.ts"], { cwd: ROOT, env: startEnvironment(port, dataDir) });
  const ended = new Promise((resolve) => first.once("exit", resolve));
  await vi.waitUntil(() => existsSync(remotes) && readdirSync(remotes).length > 0, { timeout: 30_000, interval: 1 });
  first.kill("SIGKILL");
  await ended;
  expect(readdirSync(remotes), "killed in the middle").toContainEqual(expect.stringMatching(/\.unfinished$/));

  const server = await reachServer(port, dataDir);
  onTestFinished(() => server.stop());
  for (const name of ["storefront", "clean-lib"]) {
    const refs = await fetch(`${server.url}/git/${name}.git/info/refs?service=git-upload-pack`);
    expect(await refs.text()).toMatch(/[0-9a-f]{40} refs\/heads\/main\n/);
  }
});
