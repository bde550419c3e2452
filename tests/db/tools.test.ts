import { spawnSync } from "node:child_process";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { commandFor, findTools } from "#server/tools.ts";
import { testFolder } from "./support.ts";

async function program(folder: string, name: string, mode = 0o755): Promise<string> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, name), "#!/bin/sh\n");
  await chmod(join(folder, name), mode);
  return join(folder, name);
}

it("finds a program of the system before one on the PATH, and takes no file that cannot be run", async () => {
  const folder = await testFolder();
  const system = join(folder, "system");
  const path = join(folder, "path");
  const git = await program(system, "git");
  await program(path, "git");
  const bwrap = await program(path, "bwrap");
  await program(path, "rg", 0o644);
  await mkdir(join(path, "python3"));

  const tools = findTools({ systemFolders: [system], searchPath: path, home: folder });
  expect(tools).toEqual({ git, bwrap, chromium: null, rg: null, python3: null, curl: null });
});

it("finds the newest Chromium of Playwright's installer when the system has none", async () => {
  const home = await testFolder();
  const cache = join(home, process.platform === "darwin" ? "Library/Caches" : ".cache", "ms-playwright");
  await program(join(cache, "chromium-999", "chrome-linux"), "chrome");
  const newest = await program(join(cache, "chromium-1200", "chrome-linux64"), "chrome");
  expect(findTools({ systemFolders: [], searchPath: "", home }).chromium).toBe(newest);
});

it("names the command that brings a missing program", async () => {
  const system = await testFolder();
  expect(commandFor(["bwrap"], [system])).toBe("install bubblewrap with the package manager of this system");
  expect(commandFor(["chromium"], [system])).toBe("npx playwright install chromium");
  await program(system, "apt-get");
  expect(commandFor(["bwrap", "rg"], [system])).toMatch(
    /^(sudo )?apt-get install -y --no-install-recommends bubblewrap ripgrep$/,
  );
});

it("says which Node is needed when an older one runs the check", () => {
  const script = fileURLToPath(new URL("../../server/check-runtime.js", import.meta.url));
  const asNode20 = "Object.defineProperty(process.versions, 'node', { value: '20.1.0' });";
  const run = (before: string) =>
    spawnSync(process.execPath, ["--input-type=module", "-e", `${before} await import(${JSON.stringify(script)})`], {
      encoding: "utf8",
    });
  expect(run("").status).toBe(0);
  expect(run(asNode20)).toMatchObject({ status: 1, stderr: expect.stringMatching(/This is Node 20\.1\.0.*Node 24/) });
});
