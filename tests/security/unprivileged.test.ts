/** The seal where the server is an ordinary user: no control groups, no tmpfs of its own, every other wall. */
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { processesWith } from "./arena.ts";

const PROGRAM = fileURLToPath(import.meta.resolve("./unprivileged-server.ts"));
const NODE = join(import.meta.dirname, "../../node_modules/node/bin/node");
const isRoot = process.getuid?.() === 0;
/** As whom: ourselves, or, when we are root, an ordinary user. */
const as = isRoot ? { uid: 1000, gid: 1000 } : {};

/** In a clone below somebody's home no other user may read the project. */
const reachable =
  spawnSync(NODE, ["-e", `require("node:fs").readFileSync(${JSON.stringify(PROGRAM)})`], as).status === 0;

describe.runIf(process.platform === "linux" && reachable)("an ordinary user's server", () => {
  let folder: string;
  // biome-ignore lint/suspicious/noExplicitAny: what another process printed, checked below.
  let said: any;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "city-user-"));
    chmodSync(folder, 0o755);
    writeFileSync(join(folder, "flag.txt"), "FLAG-of-the-host");
    if (isRoot) chownSync(folder, 1000, 1000);
    const env = { PATH: process.env.PATH, TMPDIR: folder } as unknown as NodeJS.ProcessEnv;
    const args = ["--no-warnings", PROGRAM, folder, join(folder, "flag.txt")];
    said = JSON.parse(execFileSync(NODE, args, { ...as, env, cwd: "/", encoding: "utf8" }));
  });
  beforeEach(({ skip }) => {
    // Some systems forbid ordinary users their namespaces. The city then takes the virtual shell, and says why.
    if (said.missing) skip(said.missing);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("is not root, and says what it cannot bound", () => {
    expect(said.uid).not.toBe(0);
    expect(said.can.limits).not.toContain("disk");
    expect(said.can.limits).not.toContain("cpu");
    expect(said.can.gaps.join(" ")).toMatch(/Control groups.*Without root/);
  });

  it("its sellers have no network, no capability, and see neither the host nor each other", () => {
    expect(said.who).toMatch(/^1000\n +lo\nCapEff:\t0{16}\n$/);
    expect(said.host).toBe("");
    expect(said.link).toBe("VALIDATION_ERROR");
  });

  it("bounds processes and time, and leaves no daemon", () => {
    expect(said.forks).toBeGreaterThan(0);
    expect(said.forks).toBeLessThan(256);
    expect(said.late).toMatchObject({ timedOut: true, exitCode: 137 });
    expect(processesWith("61.61")).toEqual([]);
  });

  it("takes the diff and keeps the pristine tree", () => {
    expect(said.change.patch).toContain("-one\n+two\n");
    expect(said.pristine).toBe("one\n");
  });

  it("removes what a seller closed to it", () => {
    expect(said.swept).toEqual(["other"]);
    expect(said.left).toEqual([]);
  });
});
