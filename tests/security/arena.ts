/** The place where attempts are made: a host with things worth reaching, and sandboxes with or without a defence. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createSocket } from "node:dgram";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { repoBroker } from "#server/ports/repo-fetch/broker.ts";
import type { RepoFetcher } from "#server/ports/repo-fetch.ts";
import type { BubblewrapProvider } from "#server/ports/sandbox/bubblewrap/provider.ts";
import { buildBubblewrap } from "#server/ports/sandbox/bubblewrap/start.ts";
import { allDefences, type Defence } from "#server/ports/sandbox/sealed/defences.ts";
import type { Sandbox, SandboxLimits, SandboxSpec } from "#server/ports/sandbox.ts";

import { HostileRemote } from "./hostile-remote.ts";
import { type Market, openMarket } from "./market.ts";

/** Small, so that bombs show their effect within a second. */
const LIMITS: Partial<SandboxLimits> = {
  memoryBytes: 256 * 1024 * 1024,
  diskBytes: 48 * 1024 * 1024,
  files: 3000,
  processes: 64,
  cpus: 0.2,
  outputBytes: 64 * 1024,
  commandMs: 20_000,
  createMs: 20_000,
};

/** Things on the host that nobody inside may reach, and a record of who did. */
export type Host = {
  /** Content of every planted secret. */
  readonly flag: string;
  /** Folder that any user of the host may write. */
  readonly folder: string;
  readonly flagFile: string;
  readonly tcpPort: number;
  readonly tcp6Port: number;
  readonly udpPort: number;
  readonly unixSocket: string;
  readonly abstractSocket: string;
  readonly lanAddress: string | null;
  /** Connections, datagrams and names that arrived so far. */
  readonly arrivals: string[];
};

export type Arena = {
  readonly host: Host;
  /** The one remote that the broker is allowed to reach here. */
  readonly remote: HostileRemote;
  readonly remoteUrl: string;
  readonly provider: BubblewrapProvider;
  /** True in the control run: the defence is away. */
  readonly open: boolean;
  /** A sandbox of its own, destroyed with the arena. */
  sandbox(spec?: Partial<Omit<SandboxSpec, "id">>): Promise<Sandbox>;
  /** Runs python3 inside a new sandbox and answers what it printed. */
  python(program: string, sandbox?: Sandbox): Promise<string>;
  /** The user id that a sandbox's processes have outside. */
  outerUid(sandbox: Sandbox): number;
  /** A whole city with its API, opened when first asked for. */
  market(): Promise<Market>;
};

export type Stage = { arena(without: readonly Defence[]): Promise<Arena>; host: Host; end(): Promise<void> };

/** Sets up the host once; arenas with the same defences share a provider. */
export async function openStage(): Promise<Stage> {
  const { host, end: endHost } = await openHost();
  const remote = new HostileRemote();
  const remoteUrl = await remote.listen();
  const providers = new Map<string, Promise<{ provider: BubblewrapProvider; home: string }>>();
  const fetcher = repoBroker({ allowedHosts: ["github.com"], localRemotes: [remoteUrl] });
  const open = (without: readonly Defence[]) => {
    const key = [...without].sort().join("|");
    const known = providers.get(key) ?? build(join(host.folder, `data-${providers.size}`), without, fetcher);
    providers.set(key, known);
    return known;
  };
  let market: Promise<Market> | undefined;
  const theMarket = () => {
    market ??= openMarket();
    return market;
  };
  return {
    host,
    async arena(without) {
      const { provider, home } = await open(without);
      return { ...arenaOf(host, provider, home, without.length > 0), remote, remoteUrl, market: theMarket };
    },
    async end() {
      await (await market)?.stop();
      for (const built of providers.values()) {
        await (await built).provider.sweep(new Set());
      }
      remote.close();
      await endHost();
    },
  };
}

async function build(dataDir: string, without: readonly Defence[], repos: RepoFetcher) {
  const built = await buildBubblewrap({ dataDir, repos, defences: allDefences(without) });
  if ("missing" in built) throw new Error(`These tests need bubblewrap: ${built.missing}`);
  return { provider: built.provider, home: built.machine.home };
}

function arenaOf(
  host: Host,
  provider: BubblewrapProvider,
  home: string,
  open: boolean,
): Omit<Arena, "remote" | "remoteUrl" | "market"> {
  const arena: Omit<Arena, "remote" | "remoteUrl" | "market"> = {
    host,
    provider,
    open,
    sandbox: (spec) => {
      const { limits, ...rest } = spec ?? {};
      return provider.create({
        id: randomBytes(8).toString("hex"),
        source: { kind: "files", files: [{ path: "a.txt", content: "pristine\n" }] },
        ...rest,
        limits: { ...LIMITS, ...limits },
      });
    },
    async python(program, given) {
      const sandbox = given ?? (await arena.sandbox());
      await sandbox.writeFile("attempt.py", program);
      const run = await sandbox.exec("exec python3 attempt.py", { timeoutMs: 15_000 });
      return run.stdout + run.stderr;
    },
    outerUid: (sandbox) => JSON.parse(readFileSync(join(home, sandbox.id, "state.json"), "utf8")).uid,
  };
  return arena;
}

async function openHost(): Promise<{ host: Host; end(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), "city-arena-"));
  chmodSync(folder, 0o777);
  const flag = `FLAG-${randomBytes(12).toString("hex")}`;
  const flagFile = join(folder, "flag.txt");
  writeFileSync(flagFile, flag, { mode: 0o644 });
  const arrivals: string[] = [];
  const servers: Server[] = [];
  const listen = async (name: string, where: { port: number; host: string } | string) => {
    const server = createServer((socket) => {
      arrivals.push(name);
      socket.on("error", () => undefined);
      socket.end(flag);
    });
    await new Promise<void>((resolve, reject) => {
      server.on("error", reject);
      if (typeof where === "string") server.listen(where, resolve);
      else server.listen(where, resolve);
    });
    servers.push(server);
    const address = server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  };
  const udp = createSocket("udp4");
  udp.on("message", (message) => arrivals.push(`udp:${message.toString("latin1")}`));
  await new Promise<void>((resolve) => udp.bind(0, "0.0.0.0", resolve));
  const unixSocket = join(folder, "host.sock");
  await listen("unix", unixSocket);
  chmodSync(unixSocket, 0o777);
  const abstractSocket = `ai-city-${randomBytes(6).toString("hex")}`;
  await listen("abstract", `\0${abstractSocket}`);
  const lan = Object.values(networkInterfaces())
    .flat()
    .find((entry) => entry?.family === "IPv4" && !entry.internal)?.address;
  const host: Host = {
    flag,
    folder,
    flagFile,
    tcpPort: await listen("tcp", { port: 0, host: "0.0.0.0" }),
    tcp6Port: await listen("tcp6", { port: 0, host: "::1" }),
    udpPort: udp.address().port,
    unixSocket,
    abstractSocket,
    lanAddress: lan ?? null,
    arrivals,
  };
  return {
    host,
    async end() {
      udp.close();
      for (const server of servers) server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Waits until `check` holds, at most a second. */
export async function soon(check: () => boolean): Promise<boolean> {
  const deadline = performance.now() + 1000;
  while (!check()) {
    if (performance.now() > deadline) return false;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return true;
}

/** A process on the host that is not part of any sandbox. */
export function hostProcess(command: readonly string[], uid?: number): ChildProcess {
  const [program = "", ...args] = command;
  return spawn(program, args, { stdio: "ignore", ...(uid !== undefined && { uid, gid: uid }) });
}

/** Processes of the whole machine whose command line contains `mark`. */
export function processesWith(mark: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(mark);
      } catch {
        return false;
      }
    });
}

export function makeFolder(path: string): string {
  mkdirSync(path, { recursive: true, mode: 0o777 });
  chmodSync(path, 0o777);
  return path;
}

/** The same without holding up our own servers, for programs that shall connect to them. */
export async function onHostMeanwhile(program: string, args: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(program, args, { stdio: "ignore", env: { ...process.env, ...env } as NodeJS.ProcessEnv });
  await new Promise((resolve) => child.once("close", resolve));
}

export function onHost(program: string, args: readonly string[], env: Record<string, string> = {}): string {
  const run = spawnSync(program, args, { encoding: "utf8", env: { ...process.env, ...env } as NodeJS.ProcessEnv });
  return `${run.stdout ?? ""}${run.stderr ?? ""}`;
}
