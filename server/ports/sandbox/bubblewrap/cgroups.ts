/** One control group a sandbox, in whichever cgroup version this machine lets us write. Needs root. */
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { SandboxLimits } from "../../sandbox.ts";
import type { Defences } from "./defences.ts";

const ROOT = "/sys/fs/cgroup";
const CPU_PERIOD_US = 100_000;
const V1_CONTROLLERS = ["memory", "pids", "cpu"] as const;

export type Cgroups = {
  readonly version: 1 | 2;
  /** Folders under which each sandbox gets its own, one a controller (v1) or one in all (v2). */
  readonly parents: readonly string[];
};

/**
 * Finds writable cgroups by making and removing one.
 * @param name of the parent group, unique to one provider.
 * @returns null when there are none: limits then fall back to rlimits, and the adapter says so.
 */
export function findCgroups(name: string): Cgroups | null {
  const version = existsSync(join(ROOT, "cgroup.controllers")) ? 2 : 1;
  const parents = version === 2 ? [join(ROOT, name)] : V1_CONTROLLERS.map((controller) => join(ROOT, controller, name));
  const found: Cgroups = { version, parents };
  const trial = `trial-${randomBytes(6).toString("hex")}`;
  try {
    if (version === 2) {
      const wanted = V1_CONTROLLERS.map((controller) => `+${controller}`).join(" ");
      writeFileSync(join(ROOT, "cgroup.subtree_control"), wanted);
      mkdirSync(join(ROOT, name), { recursive: true });
      writeFileSync(join(ROOT, name, "cgroup.subtree_control"), wanted);
    }
    for (const parent of parents) {
      if (version === 1 && !existsSync(join(parent, "..", "cgroup.procs"))) return null;
      mkdirSync(join(parent, trial), { recursive: true });
      rmdirSync(join(parent, trial));
    }
    return found;
  } catch {
    return null;
  }
}

/** Makes the group of one sandbox with its limits. Repeatable. Answers its folders. */
export function makeGroup(cgroups: Cgroups, id: string, limits: SandboxLimits, defences: Defences): string[] {
  const folders = groupFolders(cgroups, id);
  // Files in the workspace live in memory (tmpfs) and count towards this group, so the two limits add up.
  const memory = String(limits.memoryBytes + limits.diskBytes);
  const cpuQuota = Math.max(1000, Math.round(limits.cpus * CPU_PERIOD_US));
  for (const folder of folders) mkdirSync(folder, { recursive: true });
  const set = (folder: string | undefined, file: string, value: string) => {
    const path = join(folder ?? "", file);
    if (existsSync(path)) writeFileSync(path, value);
  };
  const [memoryFolder, pidsFolder = memoryFolder, cpuFolder = memoryFolder] = folders;
  if (defences.has("memory limit")) {
    if (cgroups.version === 2) {
      set(memoryFolder, "memory.max", memory);
      set(memoryFolder, "memory.swap.max", "0");
    } else {
      set(memoryFolder, "memory.limit_in_bytes", memory);
      set(memoryFolder, "memory.memsw.limit_in_bytes", memory);
    }
  }
  if (defences.has("process limit")) set(pidsFolder, "pids.max", String(limits.processes));
  if (defences.has("processor limit")) {
    if (cgroups.version === 2) set(cpuFolder, "cpu.max", `${cpuQuota} ${CPU_PERIOD_US}`);
    else set(cpuFolder, "cpu.cfs_quota_us", String(cpuQuota));
  }
  return folders;
}

/** Kills whatever still runs in the group and removes it. Repeatable. */
export async function removeGroup(cgroups: Cgroups, id: string): Promise<void> {
  for (const folder of groupFolders(cgroups, id)) {
    for (let attempt = 0; existsSync(folder); attempt++) {
      for (const pid of processesIn(folder)) {
        try {
          process.kill(pid, "SIGKILL");
        } catch {
          // Already gone.
        }
      }
      try {
        rmdirSync(folder);
      } catch {
        // The kernel needs a moment after the last process has gone.
        if (attempt >= 200) throw new Error(`The control group ${folder} could not be removed.`);
        await wait(attempt < 20 ? 1 : 20);
      }
    }
  }
}

/** Ids of the processes in a group folder; none when it is gone. */
export function processesIn(folder: string): number[] {
  try {
    return readFileSync(join(folder, "cgroup.procs"), "utf8").split("\n").filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/** Sandboxes that have a group, also those of a server that crashed. */
export function groupIds(cgroups: Cgroups): string[] {
  const ids = new Set<string>();
  for (const parent of cgroups.parents) {
    if (!existsSync(parent)) continue;
    for (const entry of readdirSync(parent, { withFileTypes: true })) if (entry.isDirectory()) ids.add(entry.name);
  }
  return [...ids];
}

/** Removes the parent groups once no sandbox is left; no error while one is. */
export function removeParents(cgroups: Cgroups): void {
  for (const parent of cgroups.parents) {
    try {
      rmdirSync(parent);
    } catch {
      // Still in use, or gone already.
    }
  }
}

function groupFolders(cgroups: Cgroups, id: string): string[] {
  return cgroups.parents.map((parent) => join(parent, id));
}
