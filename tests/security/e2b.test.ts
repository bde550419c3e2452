/** What the E2B adapter adds to the promises of every adapter (adapters/), against a server that speaks E2B's protocol. */
import { createSocket, type Socket } from "node:dgram";
import { createServer, type Server } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { newId } from "#server/kernel/ids.ts";
import type { CanaryTargets } from "#server/ports/sandbox/e2b/canary.ts";
import { startE2b } from "#server/ports/sandbox/e2b/start.ts";
import { startSandbox } from "#server/ports/sandbox/start.ts";
import { E2bStandIn } from "#tests/support/e2b/stand-in.ts";
import { processesWith } from "./arena.ts";

const repos = { refusal: () => null, fetch: () => Promise.reject(new Error("No repository is fetched here.")) };
const source = { kind: "files" as const, files: [{ path: "a.txt", content: "one\n" }] };
const NOTHING: CanaryTargets = { names: [], nameServers: [], hosts: [] };

describe.runIf(process.platform === "linux" && process.getuid?.() === 0)("E2B", () => {
  let cloud: E2bStandIn;
  let url: string;
  let nameServer: Socket;
  let web: Server;
  let reached: CanaryTargets;
  beforeEach(async () => {
    cloud = new E2bStandIn();
    url = await cloud.listen();
    nameServer = createSocket("udp4");
    nameServer.on("message", (query, from) => nameServer.send(query, from.port, from.address));
    await new Promise<void>((resolve) => nameServer.bind(0, "127.0.0.1", resolve));
    web = createServer((socket) => socket.end());
    await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
    const address = web.address();
    reached = {
      names: ["localhost"],
      nameServers: [{ host: "127.0.0.1", port: nameServer.address().port }],
      hosts: [{ host: "127.0.0.1", port: typeof address === "object" ? (address?.port ?? 0) : 0 }],
    };
  });
  afterEach(async () => {
    await cloud.close();
    nameServer.close();
    web.close();
  });
  const start = (
    canary: CanaryTargets = { ...reached, names: [] },
    city = "one",
    apiKey = cloud.apiKey,
    maxSandboxes = 128,
  ) =>
    startE2b({
      account: { apiKey, template: "base", apiUrl: url, sandboxUrl: url },
      city,
      repos,
      canary,
      maxSandboxes,
    });

  it("asks for machines without internet and without public ports, which end by themselves within the hour", async () => {
    const city = await start();
    await city.create({ id: newId(), source });
    expect(cloud.started).toHaveLength(2);
    for (const asked of cloud.started) {
      expect(asked).toMatchObject({ allow_internet_access: false, network: { allowPublicTraffic: false } });
      expect(asked.timeout).toBeLessThanOrEqual(3600);
    }
  });

  it.each([
    ["a name server that answers", () => ({ ...NOTHING, nameServers: reached.nameServers }), /name server .* answered/],
    ["a name that is looked up", () => ({ ...NOTHING, names: reached.names }), /name localhost was looked up/],
    ["a connection that is made", () => ({ ...NOTHING, hosts: reached.hosts }), /connection to .* was made/],
  ] as const)("the canary refuses E2B at the start for %s, and leaves no machine", async (_what, targets, message) => {
    cloud.network = "host";
    await expect(start(targets())).rejects.toThrow(message);
    expect(cloud.machines.size).toBe(0);
  });

  it("a canary that cannot be run is no good news", async () => {
    cloud.without = ["/usr/bin/getent"];
    await expect(start()).rejects.toThrow("The canary for network access could not be run");
    expect(cloud.machines.size).toBe(0);
  });

  it("a single machine with a network is refused too, after a start that was clean, and ended before any code is in use", async () => {
    const city = await start();
    cloud.network = "host";
    const id = newId();
    await expect(city.create({ id, source })).rejects.toMatchObject({
      code: "UNAVAILABLE",
      message: /can reach the network/,
    });
    expect(cloud.machines.size).toBe(0);
    expect(await city.open(id)).toBeNull();
  });

  it("what a seller runs has no network even in a machine that has one", async () => {
    cloud.network = "host";
    const city = await start(NOTHING);
    const sandbox = await city.create({ id: newId(), source });
    const { port } = reached.hosts[0] ?? { port: 0 };
    const run = await sandbox.exec(`cut -d: -f1 -s /proc/net/dev; (exec 3<>/dev/tcp/127.0.0.1/${port}) && echo out`);
    expect(run.stdout.trim()).toBe("lo");
  });

  it("the seller is no root, cannot become one, and sees nothing of ours", async () => {
    const city = await start();
    const sandbox = await city.create({ id: newId(), source });
    const run = await sandbox.exec(
      "id -u; grep -E 'CapEff|NoNewPrivs' /proc/self/status; ls /opt/ai-city; unshare -r id -u; echo x >> /opt/pristine.git/HEAD; ls /proc | grep -c '^[0-9]'",
    );
    expect(run.stdout).toMatch(/^1000\nCapEff:\t0{16}\nNoNewPrivs:\t1\n/);
    expect(run.stderr).toMatch(/opt\/ai-city': Permission denied/);
    expect(run.stderr).toMatch(/pristine.git\/HEAD: (Read-only|Permission)/);
    expect(Number(run.stdout.trim().split("\n").at(-1))).toBeLessThan(12);
  });

  it("a daemon that left its session is gone when its command is, also after a time-out", async () => {
    const city = await start();
    const sandbox = await city.create({ id: newId(), source });
    const mark = `88.${Math.floor(Math.random() * 1e6)}`;
    await sandbox.exec(`(trap '' TERM HUP; setsid nohup sleep ${mark} </dev/null >/dev/null 2>&1 &)`);
    expect(processesWith(mark)).toEqual([]);
    const late = await sandbox.exec(`setsid sleep ${mark} & sleep 60`, { timeoutMs: 500 });
    expect(late).toMatchObject({ timedOut: true, exitCode: 137 });
    expect(processesWith(mark)).toEqual([]);
    // The stand-in's machine itself lets processes live on, as E2B's do.
    const [machine] = cloud.machines.values();
    const left = await machine?.start("setsid", ["-f", "sleep", mark], "root");
    await new Promise((over) => left?.once("exit", over));
    expect(processesWith(mark)).toHaveLength(1);
  });

  it("a folder swapped for a link, a FIFO and a hidden change do not fool the reader or the diff", async () => {
    const city = await start();
    const sandbox = await city.create({ id: newId(), source });
    await sandbox.exec(
      "ln -s /etc/passwd out; mkfifo pipe; ln -s / top; git update-index --assume-unchanged a.txt; echo two > a.txt",
    );
    for (const path of ["out", "pipe", "top/etc/passwd"]) {
      await expect(sandbox.readFile(path), path).rejects.toMatchObject({ code: "VALIDATION_ERROR" });
    }
    expect((await sandbox.diff()).patch).toContain("-one\n+two\n");
    expect(await (await sandbox.pristine()).readText("a.txt")).toBe("one\n");
  });

  it("another city on the same account neither finds nor sweeps it", async () => {
    const [mine, theirs] = [await start(), await start(undefined, "two")];
    const id = newId();
    await mine.create({ id, source });
    expect(await theirs.open(id)).toBeNull();
    expect(await theirs.sweep(new Set())).toEqual([]);
    await theirs.destroy(id);
    expect(await (await start()).open(id)).not.toBeNull();
  });

  it("two servers that make one sandbox at the same moment end up with one machine", async () => {
    const [a, b] = [await start(), await start()];
    const id = newId();
    const made = await Promise.all([a.create({ id, source }), b.create({ id, source })]);
    await made[0].writeFile("mine.txt", "kept");
    expect((await made[1].readFile("mine.txt")).content).toBe("kept");
    expect(cloud.machines.size).toBe(1);
  });

  it("all servers of a city together start no more machines than it may have; one that is gone makes room", async () => {
    const [one, other] = [
      await start(undefined, "one", cloud.apiKey, 2),
      await start(undefined, "one", cloud.apiKey, 2),
    ];
    const ids = [newId(), newId(), newId(), newId()];
    const made = await Promise.allSettled(ids.map((id, i) => (i % 2 ? one : other).create({ id, source })));
    const full = { code: "UNAVAILABLE", retryAfter: expect.any(Number) };
    expect(made.filter(({ status }) => status === "fulfilled")).toHaveLength(2);
    for (const each of made) if (each.status === "rejected") expect(each.reason).toMatchObject(full);
    expect(cloud.machines.size).toBe(2);
    const asked = cloud.started.length;
    await expect(one.create({ id: newId(), source })).rejects.toMatchObject(full);
    expect(cloud.started).toHaveLength(asked);
    await other.destroy(ids[made.findIndex(({ status }) => status === "fulfilled")] ?? "");
    await one.create({ id: newId(), source });
    expect(cloud.machines.size).toBe(2);
  });

  it("what one server closes is closed for the commands of every other", async () => {
    const [a, b] = [await start(), await start()];
    const id = newId();
    const mine = await a.create({ id, source });
    const theirs = await b.open(id);
    const running = theirs?.exec("touch begun; sleep 60");
    while ((await mine.readFile("begun").catch(() => null)) === null);
    await mine.close();
    expect((await running)?.exitCode).toBeGreaterThan(0);
    await expect(theirs?.exec("true")).rejects.toMatchObject({ code: "UNAVAILABLE" });
    await mine.reopen();
    expect(await theirs?.exec("true")).toMatchObject({ exitCode: 0 });
  });

  it("a server that starts spares the young machines of others, which may be for a gate that it knows nothing of", async () => {
    const [a, b] = [await start(), await start()];
    const { id } = await a.create({ id: newId(), source });
    cloud.age(9 * 60_000);
    expect(await b.sweep(new Set())).toEqual([]);
    expect(await a.open(id)).not.toBeNull();
    cloud.age(60_000);
    expect(await b.sweep(new Set())).toEqual([id]);
  });

  it("a machine that E2B has ended is a lost sandbox, not an error of the seller", async () => {
    const city = await start();
    const sandbox = await city.create({ id: newId(), source });
    for (const machine of cloud.machines.values()) await machine.kill();
    cloud.machines.clear();
    const lost = { code: "UNAVAILABLE", details: { reason: "sandbox_lost" } };
    await expect(sandbox.readFile("a.txt")).rejects.toMatchObject(lost);
    await expect(sandbox.exec("true")).rejects.toMatchObject(lost);
    await expect(sandbox.pristine()).rejects.toMatchObject(lost);
    await expect(sandbox.close()).rejects.toMatchObject(lost);
    expect(await city.open(sandbox.id)).toBeNull();
    expect((await (await city.create({ id: sandbox.id, source })).readFile("a.txt")).content).toBe("one\n");
  });

  it("while E2B does not answer nothing counts as lost", async () => {
    const city = await start();
    const sandbox = await city.create({ id: newId(), source });
    cloud.answers = false;
    const failure = await sandbox.readFile("a.txt").catch((error) => error);
    expect(failure).toMatchObject({ code: "UNAVAILABLE", details: undefined });
    cloud.answers = true;
    expect(await city.open(sandbox.id)).toBe(sandbox);
    expect((await sandbox.readFile("a.txt")).content).toBe("one\n");
  });

  it("a wrong key stops the start with E2B's own words, and nothing takes its place", async () => {
    const e2b = { account: { apiKey: "e2b_wrong", template: "base", apiUrl: url, sandboxUrl: url }, city: "one" };
    await expect(startSandbox({ dataDir: "/tmp", repos, only: "e2b", e2b })).rejects.toThrow(
      /E2B cannot be used: .*wrong key/,
    );
    await expect(startSandbox({ dataDir: "/tmp", repos, only: "e2b" })).rejects.toThrow("E2B_API_KEY is not set");
  });
});
