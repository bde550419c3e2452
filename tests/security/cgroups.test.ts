/** Control groups of version 2. Version 1 is what this project's own machine runs: every other test of limits uses it. */
import { execFileSync, spawn } from "node:child_process";
import fs, { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, totalmem } from "node:os";
import { join, relative } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  findCgroups,
  type GroupFiles,
  groupIds,
  makeGroup,
  removeGroup,
  removeParents,
} from "#server/ports/sandbox/bubblewrap/cgroups.ts";
import { allDefences } from "#server/ports/sandbox/sealed/defences.ts";
import { DEFAULT_LIMITS } from "#server/ports/sandbox.ts";
import { processesWith } from "./arena.ts";
import { Cgroup2Kernel } from "./cgroup2-kernel.ts";

const MB = 1024 * 1024;
const pidMax = () => Number(readFileSync("/proc/sys/kernel/pid_max", "utf8"));
const limits = { ...DEFAULT_LIMITS, memoryBytes: 100 * MB, diskBytes: 28 * MB, processes: 30, cpus: 0.5 };
let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "city-cgroup-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe("a version 2 tree", () => {
  it("one group a sandbox bounds memory with its files, swap, processes and processor share", () => {
    const kernel = new Cgroup2Kernel(root, ["cpuset", "cpu", "memory", "pids"]);
    const groups = findCgroups("ai-city-1", root, kernel.files);
    expect(groups).toMatchObject({ version: 2, parents: [join(root, "ai-city-1")] });
    if (groups === null) return;
    expect(makeGroup(groups, "box", limits, allDefences())).toEqual([join(root, "ai-city-1", "box")]);
    expect(kernel.read("ai-city-1", "box", "memory.max")).toBe(String(128 * MB));
    expect(kernel.read("ai-city-1", "box", "memory.swap.max")).toBe("0");
    expect(kernel.read("ai-city-1", "box", "pids.max")).toBe("30");
    expect(kernel.read("ai-city-1", "box", "cpu.max")).toBe("50000 100000");
    // The trial that found them has left nothing.
    expect(groupIds(groups)).toEqual(["box"]);
  });

  it("all sandboxes together leave the machine a share of its memory and processes", () => {
    const kernel = new Cgroup2Kernel(root, ["cpu", "memory", "pids"]);
    expect(findCgroups("ai-city-1", root, kernel.files)?.together).toBe(true);
    expect(Number(kernel.read("ai-city-1", "memory.max"))).toBe(Math.floor(totalmem() * 0.75));
    expect(Number(kernel.read("ai-city-1", "pids.max"))).toBeLessThan(pidMax());
    // A container that was given less than the machine has.
    writeFileSync(join(root, "memory.max"), `${400 * MB}\n`);
    writeFileSync(join(root, "pids.max"), "1000\n");
    findCgroups("ai-city-2", root, kernel.files);
    expect(kernel.read("ai-city-2", "memory.max")).toBe(String(300 * MB));
    expect(kernel.read("ai-city-2", "pids.max")).toBe("500");
  });

  it("groups that are made after the last one went are bounded like the first", async () => {
    const kernel = new Cgroup2Kernel(root, ["cpu", "memory", "pids"]);
    const groups = findCgroups("ai-city-1", root, kernel.files);
    if (groups === null) throw new Error("no groups");
    removeParents(groups);
    expect(existsSync(join(root, "ai-city-1"))).toBe(false);
    makeGroup(groups, "box", limits, allDefences());
    expect(kernel.read("ai-city-1", "box", "memory.max")).toBe(String(128 * MB));
    expect(kernel.read("ai-city-1", "memory.max")).toBe(String(Math.floor(totalmem() * 0.75)));
  });

  it("a machine that does not let them be bounded together still bounds each", () => {
    const kernel = new Cgroup2Kernel(root, ["cpu", "memory", "pids"]);
    const files = {
      ...kernel.files,
      writeFileSync: ((path: string, text: string) => {
        if (path === join(root, "ai-city-1", "memory.max")) throw new Error("EPERM");
        kernel.files.writeFileSync(path, text);
      }) as typeof fs.writeFileSync,
    };
    const groups = findCgroups("ai-city-1", root, files);
    expect(groups?.together).toBe(false);
    if (groups) makeGroup(groups, "box", limits, allDefences());
    expect(kernel.read("ai-city-1", "box", "memory.max")).toBe(String(128 * MB));
  });

  it.each([
    ["the processor's controller is not handed down", ["memory", "pids"]],
    ["none is", []],
  ])("is not used when %s: half a promise is none", (_what, controllers) => {
    const kernel = new Cgroup2Kernel(root, controllers);
    expect(findCgroups("ai-city-1", root, kernel.files)).toBeNull();
  });

  it("is not used when groups lack a limit that was asked for", () => {
    const kernel = new Cgroup2Kernel(root, ["cpu", "memory", "pids"]);
    const files = {
      ...kernel.files,
      existsSync: (path: fs.PathLike) => !String(path).endsWith("pids.max") && existsSync(path),
    };
    expect(findCgroups("ai-city-1", root, files)).toBeNull();
    expect(existsSync(join(root, "ai-city-1"))).toBe(false);
  });

  it("a limit that cannot be written is an error, not a group without it", () => {
    const kernel = new Cgroup2Kernel(root, ["cpu", "memory", "pids"]);
    const groups = findCgroups("ai-city-1", root, kernel.files);
    const unwritable = (path: string) => path.endsWith("memory.max");
    const files = {
      ...kernel.files,
      writeFileSync: ((path: string, text: string) => {
        if (unwritable(path)) throw new Error("EPERM");
        kernel.files.writeFileSync(path, text);
      }) as typeof fs.writeFileSync,
    };
    expect(() => groups && makeGroup({ ...groups, files }, "box", limits, allDefences())).toThrow("EPERM");
  });

  it("removing a group ends all its processes at one stroke, then its parent goes", async () => {
    const kernel = new Cgroup2Kernel(root, ["cpu", "memory", "pids"]);
    const groups = findCgroups("ai-city-1", root, kernel.files);
    if (groups === null) throw new Error("no groups");
    const [folder = ""] = makeGroup(groups, "box", limits, allDefences());
    kernel.join(folder, [4_194_303]);
    removeParents(groups);
    expect(existsSync(folder)).toBe(true);
    await removeGroup(groups, "box");
    expect(kernel.killed).toEqual([folder]);
    await removeGroup(groups, "box");
    removeParents(groups);
    expect(existsSync(join(root, "ai-city-1"))).toBe(false);
  });
});

describe.runIf(process.platform === "linux" && process.getuid?.() === 0)("the kernel's own version 2 tree", () => {
  let mounted = false;
  beforeEach(({ skip }) => {
    try {
      execFileSync("/bin/mount", ["-t", "cgroup2", "none", root], { stdio: "ignore" });
      mounted = true;
    } catch {
      skip("this machine does not let cgroup2 be mounted");
    }
  });
  afterEach(() => {
    if (mounted) execFileSync("/bin/umount", [root]);
    mounted = false;
  });

  it("groups that bound nothing are not used where version 1 holds the controllers", ({ skip }) => {
    const here = readFileSync(join(root, "cgroup.controllers"), "utf8").split(/\s+/);
    if (["memory", "pids", "cpu"].every((controller) => here.includes(controller))) skip("they are all here");
    expect(findCgroups("ai-city-test", root)).toBeNull();
    expect(existsSync(join(root, "ai-city-test"))).toBe(false);
  });

  it("what joined a group is gone when it is removed, children in sessions of their own included", async () => {
    const parent = join(root, `ai-city-${process.pid}`);
    const folder = join(parent, "box");
    mkdirSync(folder, { recursive: true });
    const mark = `66.${Math.floor(Math.random() * 1e6)}`;
    const joined = spawn("/bin/sh", [
      "-c",
      `echo $$ > ${folder}/cgroup.procs; setsid sleep ${mark} & exec sleep ${mark}`,
    ]);
    const over = new Promise((resolve) => joined.once("exit", resolve));
    while (processesWith(`sleep\0${mark}`).length < 2) await new Promise((resolve) => setImmediate(resolve));
    const groups = { version: 2 as const, parents: [parent], files: fs, together: false };
    expect(groupIds(groups)).toEqual(["box"]);
    await removeGroup(groups, "box");
    await over;
    expect(processesWith(`sleep\0${mark}`)).toEqual([]);
    removeParents(groups);
    expect(existsSync(parent)).toBe(false);
  });
});

/** A version 1 tree as far as it matters here: a new group has its controller's files. */
function version1(hierarchy: string): GroupFiles {
  const FILES: Record<string, Record<string, string>> = {
    memory: { "memory.limit_in_bytes": "9223372036854771712", "memory.use_hierarchy": hierarchy },
    pids: { "pids.max": "max" },
    cpu: { "cpu.cfs_quota_us": "-1" },
  };
  for (const controller of Object.keys(FILES)) {
    mkdirSync(join(root, controller));
    writeFileSync(join(root, controller, "cgroup.procs"), "");
  }
  return {
    ...fs,
    mkdirSync: ((path: string) => {
      if (existsSync(path)) return;
      mkdirSync(path);
      const [controller = ""] = relative(root, path).split("/");
      for (const [name, text] of Object.entries(FILES[controller] ?? {})) writeFileSync(join(path, name), text);
    }) as GroupFiles["mkdirSync"],
    rmdirSync: (path) => rmSync(path, { recursive: true }),
  };
}

it.each(["0", "1"])("version 1 bounds all sandboxes together, with hierarchy %s at first", (hierarchy) => {
  const files = version1(hierarchy);
  expect(findCgroups("ai-city-1", root, files)).toMatchObject({ version: 1, together: true });
  const read = (controller: string, name: string) => readFileSync(join(root, controller, "ai-city-1", name), "utf8");
  expect(read("memory", "memory.use_hierarchy")).toBe("1");
  expect(read("memory", "memory.limit_in_bytes")).toBe(String(Math.floor(totalmem() * 0.75)));
  expect(Number(read("pids", "pids.max"))).toBeLessThan(pidMax());
});

it("version 1 is not used when one of its controllers is missing", () => {
  for (const controller of ["memory", "pids"]) {
    mkdirSync(join(root, controller));
    writeFileSync(join(root, controller, "cgroup.procs"), "");
  }
  expect(findCgroups("ai-city-1", root)).toBeNull();
});
