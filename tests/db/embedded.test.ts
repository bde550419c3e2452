import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { type Embedded, startEmbedded } from "#server/db/embedded.ts";
import { quiet } from "#tests/support/quiet-log.ts";
import { query, testFolder } from "./support.ts";

const isRoot = process.getuid?.() === 0;

describe("embedded PostgreSQL", { timeout: 60_000 }, () => {
  it("keeps data through kill -9 of Node: the next start takes over the PostgreSQL left running", async () => {
    const dataDir = await testFolder();
    const server = await serverProcess(dataDir);
    await killed(server.child);

    const database = await start(dataDir);
    expect(database.port).toBe(server.port);
    expect(database.attached).toBe(false);
    expect(await query(database.url, "SELECT word FROM kept")).toEqual([{ word: "before" }]);
  });

  it("keeps data through kill -9 of Node and PostgreSQL both", async () => {
    const dataDir = await testFolder();
    const server = await serverProcess(dataDir);
    const postmaster = await postmasterPid(dataDir);
    await killed(server.child);
    process.kill(postmaster, "SIGKILL");

    const database = await start(dataDir);
    expect(await query(database.url, "SELECT word FROM kept")).toEqual([{ word: "before" }]);
    expect(await postmasterPid(dataDir)).not.toBe(postmaster);
  });

  it("stays up on Ctrl-C in the terminal until the server itself stops it", async () => {
    const dataDir = await testFolder();
    const server = await serverProcess(dataDir);
    const stopped = once(server.lines, "line");
    process.kill(-(server.child.pid ?? 0), "SIGINT");
    expect((await stopped)[0]).toBe("stopped");
    await expect(stat(join(dataDir, "cluster", "postmaster.pid"))).rejects.toThrow("ENOENT");

    const database = await start(dataDir);
    expect(await query(database.url, "SELECT word FROM kept")).toEqual([
      { word: "before" },
      { word: "while stopping" },
    ]);
  });

  it("comes back by itself, on the same port, when PostgreSQL is killed under a living server", async () => {
    const dataDir = await testFolder();
    const database = await start(dataDir);
    await query(database.url, "CREATE TABLE kept AS SELECT 1 AS n");
    process.kill(await postmasterPid(dataDir), "SIGKILL");
    const rows = () => query(database.url, "SELECT n FROM kept");
    await vi.waitFor(async () => expect(await rows()).toEqual([{ n: 1 }]), { timeout: 30_000, interval: 50 });
  });

  it("is not blocked by a stale postmaster.pid whose number now belongs to another process", async () => {
    const dataDir = await testFolder();
    const first = await start(dataDir);
    await first.stop();
    const cluster = join(dataDir, "cluster");
    const stranger = spawn("/bin/sleep", ["600"]);
    onTestFinished(() => void stranger.kill());
    await writeFile(join(cluster, "postmaster.pid"), `${stranger.pid}\n${cluster}\n0\n${first.port}\n\n\n\nready\n`);

    const database = await start(dataDir);
    expect(await query(database.url, "SELECT 1 AS n")).toEqual([{ n: 1 }]);
  });

  it("takes another free port when the wanted one is taken", async () => {
    const holder = createServer().listen(0, "127.0.0.1");
    onTestFinished(() => void holder.close());
    await once(holder, "listening");
    const taken = (holder.address() as { port: number }).port;

    const database = await start(await testFolder(), taken);
    expect(database.port).not.toBe(taken);
    expect(await query(database.url, "SELECT 1 AS n")).toEqual([{ n: 1 }]);
  });

  it("is shared, not stopped, by a second process on the same folder", async () => {
    const dataDir = await testFolder();
    const server = await serverProcess(dataDir);
    const second = await start(dataDir);
    expect(second).toMatchObject({ attached: true, url: server.url });
    await second.stop();
    expect(await query(server.url, "SELECT word FROM kept")).toEqual([{ word: "before" }]);

    const stopped = once(server.lines, "line");
    server.child.kill("SIGINT");
    await stopped;
  });

  it("passes to a second process on the same folder when the first, which ran it, stops", async () => {
    const dataDir = await testFolder();
    const server = await serverProcess(dataDir);
    const second = await start(dataDir);
    const stopped = once(server.lines, "line");
    server.child.kill("SIGINT");
    await stopped;
    const rows = () => query(second.url, "SELECT word FROM kept");
    await vi.waitFor(async () => expect(await rows()).toHaveLength(2), { timeout: 30_000, interval: 50 });
    await second.stop();
    await expect(stat(join(dataDir, "cluster", "postmaster.pid"))).rejects.toThrow("ENOENT");
  });

  it("is created once when two processes start on an empty folder at the same moment", async () => {
    const dataDir = await testFolder();
    const [one, two] = await Promise.all([serverProcess(dataDir), serverProcess(dataDir)]);
    expect(one.url).toBe(two.url);
    expect(await query(one.url, "SELECT count(*)::int AS rows FROM kept")).toEqual([{ rows: 2 }]);
    await Promise.all([killed(one.child), killed(two.child)]);
    await start(dataDir);
  });

  it("listens on the loopback address only and refuses a wrong password", async () => {
    const database = await start(await testFolder());
    expect(await query(database.url, "SHOW listen_addresses")).toEqual([{ listen_addresses: "127.0.0.1" }]);
    const wrong = new URL(database.url);
    wrong.password = "guess";
    await expect(query(wrong.href, "SELECT 1")).rejects.toMatchObject({ code: "28P01" });
    const { mode } = await stat(join(database.place, "cluster", "ai-city.password"));
    expect(mode & 0o777).toBe(0o600);
  });

  it.runIf(isRoot)("works below a folder that only root may enter, and finds its data again", async () => {
    const home = join(await testFolder(), "home");
    await mkdir(home);
    await chmod(home, 0o700);
    const first = await start(join(home, "data"));
    onTestFinished(() => rm(first.place, { recursive: true, force: true }));
    await query(first.url, "CREATE TABLE kept AS SELECT 1 AS n");
    await first.stop();

    const second = await start(join(home, "data"));
    expect(await query(second.url, "SELECT n FROM kept")).toEqual([{ n: 1 }]);
  });

  it("refuses data of another PostgreSQL version and says so", async () => {
    const dataDir = await testFolder();
    await (await start(dataDir)).stop();
    await writeFile(join(dataDir, "cluster", "PG_VERSION"), "12\n");
    await expect(startEmbedded({ dataDir, log: quiet })).rejects.toMatchObject({
      code: "DATABASE_VERSION",
      message: expect.stringContaining("PostgreSQL 12"),
    });
  });
});

async function start(dataDir: string, port?: number): Promise<Embedded> {
  const database = await startEmbedded({ dataDir, log: quiet, port });
  onTestFinished(() => database.stop());
  return database;
}

/** Starts the server in a process group of its own, as a shell does, and waits until it has stored a row. */
async function serverProcess(dataDir: string) {
  const script = fileURLToPath(new URL("server-process.ts", import.meta.url));
  const child = spawn(process.execPath, [script, dataDir], { detached: true, stdio: ["ignore", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout });
  const exit = once(child, "exit").then(([code]) => Promise.reject(new Error(`the server process ended: ${code}`)));
  const [line] = (await Promise.race([once(lines, "line"), exit])) as [string];
  exit.catch(() => undefined);
  return { child, lines, ...(JSON.parse(line) as { url: string; port: number }) };
}

async function killed(child: ChildProcess): Promise<void> {
  const exit = once(child, "exit");
  child.kill("SIGKILL");
  await exit;
}

async function postmasterPid(dataDir: string): Promise<number> {
  return Number((await readFile(join(dataDir, "cluster", "postmaster.pid"), "utf8")).split("\n")[0]);
}
