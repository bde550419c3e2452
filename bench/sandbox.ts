/**
 * Sandbox figures: time to ready without a clone, a burst, and what a thousand sandboxes leave behind. All are cold:
 * nothing is made before it is asked for. Only the launcher runs from the start, as in every server.
 * Run: `node bench/sandbox.ts [how many for the last part]`. Targets: p95 ≤ 30 ms one by one with 20 alive, ≤ 150 ms
 * in a burst of 20, nothing left.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { newId } from "../server/kernel/ids.ts";
import { repoBroker } from "../server/ports/repo-fetch/broker.ts";
import { findProgram } from "../server/ports/sandbox/bubblewrap/find-program.ts";
import { inspectMachine } from "../server/ports/sandbox/bubblewrap/machine.ts";
import { startBubblewrap } from "../server/ports/sandbox/bubblewrap/start.ts";

const total = Number(process.argv[2] ?? 1000);
const ALIVE = 20;
const source = { kind: "files" as const, files: [{ path: "a.ts", content: "export const a = 1;\n" }] };

const dataDir = mkdtempSync(join(tmpdir(), "city-bench-"));
const city = await startBubblewrap({ dataDir, repos: repoBroker({ allowedHosts: [], localRemotes: [] }) });
if ("missing" in city) throw new Error(`No figures: ${city.missing}`);

const timed = async (work: () => Promise<unknown>) => {
  const started = performance.now();
  await work();
  return performance.now() - started;
};
const report = (name: string, times: number[], target?: number) => {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  const verdict = target === undefined ? "" : `  target p95 ${target} ms: ${at(0.95) <= target ? "met" : "MISSED"}`;
  const figures = `p50 ${at(0.5).toFixed(1)}  p95 ${at(0.95).toFixed(1)}  max ${at(1).toFixed(1)} ms`;
  if (target !== undefined && at(0.95) > target) process.exitCode = 1;
  const load = loadavg()[0]?.toFixed(1);
  console.log(`${name.padEnd(44)} ${figures}  (n=${times.length}, load ${load})${verdict}`);
};

console.log(
  `cores ${availableParallelism()}, load ${loadavg()[0]?.toFixed(2)} at start; root: ${process.getuid?.() === 0}`,
);

// What the machine gives at all: one start of a program, and one of bubblewrap with nothing in it.
const directly = async (program = "/bin/true", ...args: string[]) => {
  const times: number[] = [];
  for (let i = 0; i < 50; i++) times.push(await timed(async () => execFileSync(program, args)));
  return times;
};
report("reference: /bin/true", await directly());
const sealedTrue = ["--unshare-all", "--ro-bind", "/", "/", "/bin/true"];
report("reference: bwrap --unshare-all /bin/true", await directly(findProgram("bwrap") ?? "bwrap", ...sealedTrue));

const alive: string[] = [];
const fresh = () => city.create({ id: alive[alive.push(newId()) - 1] ?? "", source });
for (let i = 0; i < ALIVE; i++) await fresh();
const oneByOne = async (work: () => Promise<unknown>) => {
  const times: number[] = [];
  for (let i = 0; i < 100; i++) {
    times.push(await timed(work));
    await city.destroy(alive.shift() ?? "");
  }
  return times;
};
report("ready, one by one, 20 alive", await oneByOne(fresh), 30);
const withCommand = async () => (await fresh()).exec("true");
report("ready and its first command, 20 alive", await oneByOne(withCommand));

const sandbox = await city.create({ id: newId(), source });
const [execs, reads, writes, diffs]: number[][] = [[], [], [], []];
for (let i = 0; i < 50; i++) {
  execs?.push(await timed(() => sandbox.exec("true")));
  reads?.push(await timed(() => sandbox.readFile("a.ts")));
  writes?.push(await timed(() => sandbox.writeFile("b.ts", "x")));
  diffs?.push(await timed(() => sandbox.diff()));
}
report("exec of `true`", execs ?? []);
report("read a file", reads ?? []);
report("write a file", writes ?? []);
report("diff", diffs ?? []);
await city.destroy(sandbox.id);
for (const id of alive.splice(0)) await city.destroy(id);

const bursts = async () => {
  const times: number[] = [];
  for (let round = 0; round < 5; round++) {
    times.push(...(await Promise.all(Array.from({ length: ALIVE }, () => timed(fresh)))));
    for (const id of alive.splice(0)) await city.destroy(id);
  }
  return times;
};
report("ready, bursts of 20", await bursts(), 150);

const processes = () => readdirSync("/proc").filter((name) => /^\d+$/.test(name)).length;
const machine = inspectMachine(dataDir);
const home = "missing" in machine ? "" : machine.home;
const mounts = () => execFileSync("mount", { encoding: "utf8" }).split(`${home}/`).length - 1;
const started = performance.now();
for (let i = 0; i < total; i++) {
  const each = await city.create({ id: newId(), source });
  if (i % 10 === 0)
    await each.exec("(setsid sleep 4711 >/dev/null 2>&1 &); echo x > /tmp/left; echo x > /dev/shm/left");
  await city.destroy(each.id);
}
const swept = await city.sweep(new Set());
const left = {
  sandboxes: swept.length,
  mounts: mounts(),
  daemons: execFileSync(
    "sh",
    ["-c", "cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' ' | grep -c '[s]leep 4711' || :"],
    { encoding: "utf8" },
  ).trim(),
  files: existsSync(home) ? readdirSync(home).length : 0,
};
console.log(
  `${total} sandboxes in ${((performance.now() - started) / 1000).toFixed(1)} s; left:`,
  left,
  `processes on the machine: ${processes()}`,
);
if (left.sandboxes + left.mounts + left.files > 0 || left.daemons !== "0") process.exitCode = 1;
// A real server is larger than this one, and starting a program costs whoever starts it by its size.
const ballast = Buffer.alloc(400 * 1024 * 1024, 1);
console.log(`the same from a server with ${ballast.length >> 20} MB more in memory:`);
report("  reference: /bin/true", await directly());
for (let i = 0; i < ALIVE; i++) await fresh();
report("  ready, one by one, 20 alive", await oneByOne(fresh), 30);
for (const id of alive.splice(0)) await city.destroy(id);
report("  ready, bursts of 20", await bursts(), 150);
ballast.fill(0);

rmSync(dataDir, { recursive: true, force: true });
