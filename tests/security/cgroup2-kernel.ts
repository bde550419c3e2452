/**
 * A cgroup version 2 tree in a folder, that behaves as the kernel's does where our code depends on it: files appear in a
 * new group as its parent's subtree_control says, a group with processes or children cannot be removed, one with
 * processes cannot hand controllers on, and cgroup.kill empties a group. For machines that run version 1.
 */
import fs from "node:fs";
import { basename, dirname, join } from "node:path";
import type { GroupFiles } from "#server/ports/sandbox/bubblewrap/cgroups.ts";

const FILES_OF: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  memory: { "memory.max": "max", "memory.swap.max": "max" },
  pids: { "pids.max": "max" },
  cpu: { "cpu.max": "max 100000" },
};
const busy = () => Object.assign(new Error("EBUSY: resource busy"), { code: "EBUSY" });

export class Cgroup2Kernel {
  readonly root: string;
  readonly files: GroupFiles;
  /** Groups that were emptied at one stroke. */
  readonly killed: string[] = [];

  constructor(root: string, controllers: readonly string[]) {
    this.root = root;
    this.populate(root, []);
    fs.writeFileSync(join(root, "cgroup.controllers"), `${controllers.join(" ")}\n`);
    this.files = {
      ...fs,
      mkdirSync: ((path: string) => this.make(path)) as GroupFiles["mkdirSync"],
      writeFileSync: ((path: string, text: string) => this.write(path, text)) as GroupFiles["writeFileSync"],
      rmdirSync: (path) => this.remove(String(path)),
    };
  }

  /** As if these processes had joined. */
  join(folder: string, pids: readonly number[]): void {
    fs.writeFileSync(join(folder, "cgroup.procs"), pids.map((pid) => `${pid}\n`).join(""));
  }

  read(...path: string[]): string {
    return fs.readFileSync(join(this.root, ...path), "utf8").trim();
  }

  private make(path: string): undefined {
    if (fs.existsSync(path)) return;
    fs.mkdirSync(path);
    this.populate(path, this.words(dirname(path), "cgroup.subtree_control"));
  }

  private populate(path: string, controllers: readonly string[]): void {
    const own = { "cgroup.procs": "", "cgroup.subtree_control": "", "cgroup.kill": "" };
    const files = Object.assign(
      own,
      { "cgroup.controllers": controllers.join(" ") },
      ...controllers.map((one) => FILES_OF[one]),
    );
    for (const [name, text] of Object.entries(files)) fs.writeFileSync(join(path, name), `${text}\n`);
  }

  private write(path: string, text: string): void {
    if (!fs.existsSync(path)) throw Object.assign(new Error(`EACCES: ${path}`), { code: "EACCES" });
    const folder = dirname(path);
    if (basename(path) === "cgroup.kill") {
      this.killed.push(folder);
      this.join(folder, []);
    } else if (basename(path) === "cgroup.subtree_control") this.handDown(folder, text);
    else fs.writeFileSync(path, `${text}\n`);
  }

  private handDown(folder: string, text: string): void {
    const available = this.words(folder, "cgroup.controllers");
    const wanted = text.split(" ").map((word) => word.slice(1));
    if (wanted.some((one) => !available.includes(one))) throw Object.assign(new Error("ENOENT"), { code: "ENOENT" });
    if (folder !== this.root && this.words(folder, "cgroup.procs").length > 0) throw busy();
    fs.writeFileSync(
      join(folder, "cgroup.subtree_control"),
      `${[...new Set([...this.words(folder, "cgroup.subtree_control"), ...wanted])].join(" ")}\n`,
    );
  }

  private remove(path: string): void {
    const children = fs.readdirSync(path, { withFileTypes: true }).some((entry) => entry.isDirectory());
    if (children || this.words(path, "cgroup.procs").length > 0) throw busy();
    fs.rmSync(path, { recursive: true });
  }

  private words(folder: string, file: string): string[] {
    return fs.readFileSync(join(folder, file), "utf8").split(/\s+/).filter(Boolean);
  }
}
