/** One control group a sandbox, in whichever cgroup version this machine lets us write. Needs root. */
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import { totalmem } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { SandboxLimits } from "../../sandbox.ts";
import type { Defences } from "../sealed/defences.ts";

const CPU_PERIOD_US = 100_000;
const CONTROLLERS = ["memory", "pids", "cpu"] as const;
const HAND_DOWN = CONTROLLERS.map((controller) => `+${controller}`).join(" ");
/** What must be in a group for its limits to hold; kernels and containers leave out what is not delegated. */
const LIMIT_FILES = {
  1: ["memory.limit_in_bytes", "pids.max", "cpu.cfs_quota_us"],
  2: ["memory.max", "pids.max", "cpu.max"],
} as const;

/** Of what this machine has, for all sandboxes together. The rest is for the server, its database and the system. */
const SHARE = { memory: 0.75, processes: 0.5 };

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
  /** Memory and processes of all sandboxes together are bounded, too. */
  readonly together: boolean;
};

/**
 * Finds writable cgroups by making and removing one.
 * @param name of the parent group, unique to one provider.
 * @returns null when there are none that bound all we promise: limits then fall back to rlimits, and the adapter says so.
 */
export function findCgroups(name: string, root = "/sys/fs/cgroup", files: GroupFiles = fs): Cgroups | null {
  const version = files.existsSync(join(root, "cgroup.controllers")) ? 2 : 1;
  const parents = version === 2 ? [join(root, name)] : CONTROLLERS.map((controller) => join(root, controller, name));
  const found: Cgroups = { version, parents, files, together: false };
  try {
    if (version === 2) files.writeFileSync(join(root, "cgroup.subtree_control"), HAND_DOWN);
    else if (!parents.every((parent) => files.existsSync(join(parent, "..", "cgroup.procs")))) return null;
    const together = makeParents(found);
    if (holdsTrial(found)) return { ...found, together };
    removeParents(found);
    return null;
  } catch {
    return null;
  }
}

/** The groups above those of the sandboxes, which go with the last of them. @returns whether they bound all together */
function makeParents(cgroups: Cgroups): boolean {
  const { version, parents, files } = cgroups;
  for (const parent of parents) {
    files.mkdirSync(parent, { recursive: true });
    if (version === 2) files.writeFileSync(join(parent, "cgroup.subtree_control"), HAND_DOWN);
  }
  return boundTogether(cgroups);
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

/**
 * Bounds all sandboxes together in the group above theirs: what each may take adds up to more than the machine has.
 * @returns false where the kernel does not let us; each then has its own limits alone
 */
function boundTogether({ version, parents, files }: Cgroups): boolean {
  const [memoryFolder = "", pidsFolder = memoryFolder] = parents;
  const [, pidsFile] = LIMIT_FILES[version];
  const read = (path: string) => (files.existsSync(path) ? files.readFileSync(path, "utf8").trim() : "");
  // "max", and the files that a root group lacks, bound nothing.
  const bound = (path: string) => Number.parseInt(read(path), 10) || Number.POSITIVE_INFINITY;
  const memory = Math.min(totalmem(), bound(join(memoryFolder, "..", LIMIT_FILES[version][0])));
  const kernel = ["pid_max", "threads-max"].map((name) => bound(`/proc/sys/kernel/${name}`));
  const processes = Math.min(...kernel, bound(join(pidsFolder, "..", pidsFile)));
  try {
    // Older kernels of version 1 count what lies below a group only where they are told to.
    const hierarchy = join(memoryFolder, "memory.use_hierarchy");
    if (read(hierarchy) === "0") files.writeFileSync(hierarchy, "1");
    boundMemory({ version, files }, memoryFolder, Math.floor(memory * SHARE.memory));
    files.writeFileSync(join(pidsFolder, pidsFile), String(Math.floor(processes * SHARE.processes)));
    return true;
  } catch {
    return false;
  }
}

function boundMemory({ version, files }: Pick<Cgroups, "version" | "files">, folder: string, bytes: number): void {
  files.writeFileSync(join(folder, LIMIT_FILES[version][0]), String(bytes));
  // Kernels without swap accounting lack these; there is then no swap to bound, or no way to.
  const [swapFile, swap] = version === 2 ? ["memory.swap.max", "0"] : ["memory.memsw.limit_in_bytes", String(bytes)];
  if (files.existsSync(join(folder, swapFile))) files.writeFileSync(join(folder, swapFile), swap);
}

/** Makes the group of one sandbox with its limits. Repeatable. Answers its folders. @throws when a limit cannot be set. */
export function makeGroup(cgroups: Cgroups, id: string, limits: SandboxLimits, defences: Defences): string[] {
  const { version, files } = cgroups;
  const folders = groupFolders(cgroups, id);
  const cpuQuota = Math.max(1000, Math.round(limits.cpus * CPU_PERIOD_US));
  if (!cgroups.parents.every((parent) => files.existsSync(parent))) makeParents(cgroups);
  for (const folder of folders) files.mkdirSync(folder, { recursive: true });
  const [memoryFolder = "", pidsFolder = memoryFolder, cpuFolder = memoryFolder] = folders;
  const [, pidsFile, cpuFile] = LIMIT_FILES[version];
  // Files in the workspace live in memory (tmpfs) and count towards this group, so the two limits add up.
  if (defences.has("memory limit")) boundMemory(cgroups, memoryFolder, limits.memoryBytes + limits.diskBytes);
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
