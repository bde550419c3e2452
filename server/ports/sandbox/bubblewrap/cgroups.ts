/** One control group a sandbox, in whichever cgroup version this machine lets us write. Needs root. */
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { SandboxLimits } from "../../sandbox.ts";
import type { Defences } from "../sealed/defences.ts";

const CPU_PERIOD_US = 100_000;
const CONTROLLERS = ["memory", "pids", "cpu"] as const;
/** What must be in a group for its limits to hold; kernels and containers leave out what is not delegated. */
const LIMIT_FILES = {
  1: ["memory.limit_in_bytes", "pids.max", "cpu.cfs_quota_us"],
  2: ["memory.max", "pids.max", "cpu.max"],
} as const;

/** The kernel's side, as a file system. Tests without a version 2 machine bring one that behaves like the kernel's. */
export type GroupFiles = Pick<
  typeof fs,
  "existsSync" | "mkdirSync" | "readdirSync" | "readFileSync" | "rmdirSync" | "writeFileSync"
>;

export type Cgroups = {
  readonly version: 1 | 2;
  /** Folders under which each sandbox gets its own: one a controller (memory, pids, cpu) in v1, one for all in v2. */
  readonly parents: readonly string[];
  readonly files: GroupFiles;
};

/**
 * Finds writable cgroups by making and removing one.
 * @param name of the parent group, unique to one provider.
 * @returns null when there are none that bound all we promise: limits then fall back to rlimits, and the adapter says so.
 */
export function findCgroups(name: string, root = "/sys/fs/cgroup", files: GroupFiles = fs): Cgroups | null {
  const version = files.existsSync(join(root, "cgroup.controllers")) ? 2 : 1;
  const parents = version === 2 ? [join(root, name)] : CONTROLLERS.map((controller) => join(root, controller, name));
  const found: Cgroups = { version, parents, files };
  try {
    if (version === 2) {
      const wanted = CONTROLLERS.map((controller) => `+${controller}`).join(" ");
      files.writeFileSync(join(root, "cgroup.subtree_control"), wanted);
      files.mkdirSync(join(root, name), { recursive: true });
      files.writeFileSync(join(root, name, "cgroup.subtree_control"), wanted);
    } else if (!parents.every((parent) => files.existsSync(join(parent, "..", "cgroup.procs")))) return null;
    if (holdsTrial(found)) return found;
    removeParents(found);
    return null;
  } catch {
    return null;
  }
}

/** Whether a new group can be made and has every file that a limit is written to. */
function holdsTrial(cgroups: Cgroups): boolean {
  const folders = groupFolders(cgroups, `trial-${randomBytes(6).toString("hex")}`);
  for (const folder of folders) cgroups.files.mkdirSync(folder, { recursive: true });
  const holds = LIMIT_FILES[cgroups.version].every((file, i) =>
    cgroups.files.existsSync(join(folders[i] ?? folders[0] ?? "", file)),
  );
  for (const folder of folders) cgroups.files.rmdirSync(folder);
  return holds;
}

/** Makes the group of one sandbox with its limits. Repeatable. Answers its folders. @throws when a limit cannot be set. */
export function makeGroup(cgroups: Cgroups, id: string, limits: SandboxLimits, defences: Defences): string[] {
  const { version, files } = cgroups;
  const folders = groupFolders(cgroups, id);
  // Files in the workspace live in memory (tmpfs) and count towards this group, so the two limits add up.
  const memory = String(limits.memoryBytes + limits.diskBytes);
  const cpuQuota = Math.max(1000, Math.round(limits.cpus * CPU_PERIOD_US));
  for (const folder of folders) files.mkdirSync(folder, { recursive: true });
  const [memoryFolder = "", pidsFolder = memoryFolder, cpuFolder = memoryFolder] = folders;
  const [memoryFile, pidsFile, cpuFile] = LIMIT_FILES[version];
  if (defences.has("memory limit")) {
    files.writeFileSync(join(memoryFolder, memoryFile), memory);
    // Kernels without swap accounting lack these; there is then no swap to bound, or no way to.
    const swap =
      version === 2 ? (["memory.swap.max", "0"] as const) : (["memory.memsw.limit_in_bytes", memory] as const);
    if (files.existsSync(join(memoryFolder, swap[0]))) files.writeFileSync(join(memoryFolder, swap[0]), swap[1]);
  }
  if (defences.has("process limit")) files.writeFileSync(join(pidsFolder, pidsFile), String(limits.processes));
  if (defences.has("processor limit")) {
    const quota = version === 2 ? `${cpuQuota} ${CPU_PERIOD_US}` : String(cpuQuota);
    files.writeFileSync(join(cpuFolder, cpuFile), quota);
  }
  return folders;
}

/** Kills whatever still runs in the group and removes it. Repeatable. */
export async function removeGroup(cgroups: Cgroups, id: string): Promise<void> {
  const { files } = cgroups;
  for (const folder of groupFolders(cgroups, id)) {
    for (let attempt = 0; files.existsSync(folder); attempt++) {
      killAll(cgroups, folder);
      try {
        files.rmdirSync(folder);
      } catch {
        // The kernel needs a moment after the last process has gone.
        if (attempt >= 200) throw new Error(`The control group ${folder} could not be removed.`);
        await wait(attempt < 20 ? 1 : 20);
      }
    }
  }
}

/** Kills whatever runs in the group, which stays. What is not gone after some tries is left to `removeGroup`. */
export async function emptyGroup(cgroups: Cgroups, id: string): Promise<void> {
  for (const folder of groupFolders(cgroups, id)) {
    for (let attempt = 0; attempt < 20 && processesIn(cgroups.files, folder).length > 0; attempt++) {
      killAll(cgroups, folder);
      await wait(1);
    }
  }
}

/** At one stroke where the kernel can (version 2 since Linux 5.14): no fork slips through between list and signal. */
function killAll({ files }: Cgroups, folder: string): void {
  const atOnce = join(folder, "cgroup.kill");
  if (files.existsSync(atOnce)) {
    files.writeFileSync(atOnce, "1");
    return;
  }
  for (const pid of processesIn(files, folder)) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // Already gone.
    }
  }
}

/** Ids of the processes in a group folder; none when it is gone. */
function processesIn(files: GroupFiles, folder: string): number[] {
  try {
    return files.readFileSync(join(folder, "cgroup.procs"), "utf8").split("\n").filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/** Sandboxes that have a group, also those of a server that crashed. */
export function groupIds({ parents, files }: Cgroups): string[] {
  const ids = new Set<string>();
  for (const parent of parents) {
    if (!files.existsSync(parent)) continue;
    for (const entry of files.readdirSync(parent, { withFileTypes: true }))
      if (entry.isDirectory()) ids.add(entry.name);
  }
  return [...ids];
}

/** Removes the parent groups once no sandbox is left; no error while one is. */
export function removeParents({ parents, files }: Cgroups): void {
  for (const parent of parents) {
    try {
      files.rmdirSync(parent);
    } catch {
      // Still in use, or gone already.
    }
  }
}

function groupFolders(cgroups: Cgroups, id: string): string[] {
  return cgroups.parents.map((parent) => join(parent, id));
}
