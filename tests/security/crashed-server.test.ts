/** What is left of sandboxes when a server, or the small process that starts its programs, is killed. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import { newId } from "#server/kernel/ids.ts";
import { repoBroker } from "#server/ports/repo-fetch/broker.ts";
import { launcher } from "#server/ports/sandbox/bubblewrap/launcher.ts";
import { inspectMachine } from "#server/ports/sandbox/bubblewrap/machine.ts";
import { startBubblewrap } from "#server/ports/sandbox/bubblewrap/start.ts";
import { findTools } from "#server/tools.ts";
import { processesWith } from "./arena.ts";

const root = mkdtempSync(join(tmpdir(), "city-crash-"));
const repos = repoBroker({ allowedHosts: [], localRemotes: [] });
const start = async (dataDir: string) => {
  const city = await startBubblewrap({ dataDir, repos });
  if ("missing" in city) throw new Error(city.missing);
  return city;
};
const homeOf = (dataDir: string) => {
  const machine = inspectMachine(dataDir);
  if ("missing" in machine) throw new Error(machine.missing);
  return machine.home;
};
const gone = (pid: number) => {
  // A zombie has ended; only its parent has not asked for it yet.
  if (existsSync(`/proc/${pid}/stat`)) return readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
  return true;
};
const patient = { timeout: 10_000, interval: 20 };

/** Kills a server of its own in the middle of a sandbox's command, and waits until its processes are gone. */
async function crash(dataDir: string, id: string): Promise<void> {
  const mark = `71.${Math.floor(Math.random() * 1e9)}`;
  const command = `(setsid sleep ${mark} &); sleep ${mark}`;
  const server = fork(new URL("./sandbox-server.ts", import.meta.url), [dataDir, id, command], { execArgv: [] });
  const [children] = (await once(server, "message")) as [number[]];
  // The command line of the shell has the mark too, so two sleeps and their shells.
  await vi.waitFor(() => expect(processesWith(mark).length).toBeGreaterThanOrEqual(4), patient);
  server.kill("SIGKILL");
  await once(server, "exit");
  await vi.waitFor(
    () => expect([processesWith(mark), children.filter((pid) => !gone(pid))]).toEqual([[], []]),
    patient,
  );
}

describe.runIf(findTools().bwrap !== null && process.getuid?.() === 0)("after a crash", () => {
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  it("every process of the server's sandboxes is gone, and the next start on its data folder finds and destroys them", async () => {
    const dataDir = join(root, "restarted");
    const id = newId();
    await crash(dataDir, id);
    expect(existsSync(join(homeOf(dataDir), id, "state.json"))).toBe(true);
    const restarted = await start(dataDir);
    expect(await restarted.sweep(new Set())).toEqual([id]);
    expect(existsSync(homeOf(dataDir))).toBe(false);
    expect(readFileSync("/proc/self/mountinfo", "utf8")).not.toContain(homeOf(dataDir));
  });

  it("a sandbox that the restarted server keeps still has its files and runs commands", async () => {
    const dataDir = join(root, "kept");
    const id = newId();
    await crash(dataDir, id);
    const restarted = await start(dataDir);
    expect(await restarted.sweep(new Set([id]))).toEqual([]);
    const sandbox = await restarted.open(id);
    expect((await sandbox?.exec("cat a"))?.stdout).toBe("x");
    await restarted.destroy(id);
  });

  it("when its data folder is deleted, the next start of any server on the machine destroys its sandboxes", async () => {
    const forsaken = join(root, "forsaken");
    await crash(forsaken, newId());
    const home = homeOf(forsaken);
    rmSync(forsaken, { recursive: true });
    expect(existsSync(home)).toBe(true);
    await start(join(root, "other"));
    expect(existsSync(home)).toBe(false);
    expect(readFileSync("/proc/self/mountinfo", "utf8")).not.toContain(home);
  });

  it("the launcher's end interrupts what it runs, kills it, and the next program gets a new launcher", async () => {
    const mark = `72.${Math.floor(Math.random() * 1e9)}`;
    const options = { timeoutMs: 60_000, outputBytes: 1000 };
    const own = async () => Number((await launcher.run("/bin/sh", ["-c", "echo $PPID"], options)).stdout.toString());
    const first = await own();
    const city = await start(join(root, "launcher"));
    const id = newId();
    const sandbox = await city.create({ id, source: { kind: "files", files: [{ path: "a", content: "x" }] } });
    const interrupted = sandbox.exec(`sleep ${mark}`).catch((error) => error);
    await vi.waitFor(() => expect(processesWith(mark).length).toBeGreaterThan(0), patient);
    process.kill(first, "SIGKILL");
    expect(await interrupted).toMatchObject({ code: "UNAVAILABLE" });
    await vi.waitFor(() => expect(processesWith(mark)).toEqual([]), patient);
    expect((await sandbox.exec("cat a")).stdout).toBe("x");
    expect(await own()).not.toBe(first);
    await city.destroy(id);
  });
});
