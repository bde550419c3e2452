/**
 * The folders of one sandbox on the host:
 *
 *     <home>/<id>/state.json   ours: who it is, its user id, its pristine commit
 *     <home>/<id>/manifest     ours: every path of the pristine tree
 *     <home>/<id>/box/         as root a tmpfs of bounded size and inode count, gone with one unmount
 *                 box/git/     the pristine tree, only ever shown read-only to the seller
 *                 box/repo/    the seller's
 *                 box/tmp/     the seller's /tmp, kept between commands
 *
 * The host never opens anything below repo/ or tmp/: the seller could have made it a link.
 */
import { mkdir, readdir, readFile, rename, rm, rmdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { SandboxLimits } from "../../sandbox.ts";
import type { Defences } from "../sealed/defences.ts";
import type { SealedState } from "../sealed/sandbox.ts";
import type { Machine } from "./machine.ts";
import { Together } from "./together.ts";

/** `uid` is null where we are not root. */
export type SandboxState = SealedState & { readonly uid: number | null };

export class Workspaces {
  private readonly machine: Machine;
  private readonly defences: Defences;
  private readonly programs = new Together();

  constructor(machine: Machine, defences: Defences) {
    this.machine = machine;
    this.defences = defences;
  }

  folder(id: string): string {
    return join(this.machine.home, id);
  }

  box(id: string): string {
    return join(this.folder(id), "box");
  }

  /** Makes the folders, empty. The box belongs to the sandbox's own user. */
  async make(id: string, uid: number | null, limits: SandboxLimits): Promise<void> {
    await mkdir(this.machine.home, { recursive: true, mode: 0o711 });
    await mkdir(this.folder(id), { mode: 0o711 });
    await mkdir(this.box(id), { mode: 0o700 });
    if (uid === null) return;
    const options = ["nosuid", "nodev", "mode=0700", `uid=${uid}`, `gid=${uid}`];
    if (this.defences.has("disk limit")) options.push(`size=${limits.diskBytes}`);
    if (this.defences.has("file-count limit")) options.push(`nr_inodes=${limits.files}`);
    await this.programs.run("mount", "-t", "tmpfs", "-o", options.join(","), "ai-city-sandbox", this.box(id));
  }

  /** Also for one that was never finished. */
  async exists(id: string): Promise<boolean> {
    return (await stat(this.folder(id)).catch(() => null)) !== null;
  }

  /** Removes everything. Repeatable. */
  async remove(id: string): Promise<void> {
    if (this.machine.root && (await this.isMounted(id))) {
      // Lazy, so that a last dying process cannot hold it up; the memory goes with that process.
      await this.programs.run("umount", "-l", this.box(id)).catch(async (error: unknown) => {
        // Whoever ends it at the same time may have been first.
        if (await this.isMounted(id)) throw error;
      });
    }
    // Node does not follow links here. Without root a folder that the seller closed would stop it: find opens those.
    const folder = this.folder(id);
    await rm(folder, { recursive: true, force: true, maxRetries: 3 }).catch(async () => {
      await this.programs
        .run("find", folder, "-type", "d", "!", "-perm", "-700", "-exec", "chmod", "700", "{}", ";")
        .catch(() => null);
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    });
  }

  /** Removes the folder of all sandboxes once the last is gone. */
  async removeHome(): Promise<void> {
    await rmdir(this.machine.home).catch(() => undefined);
  }

  async ids(): Promise<string[]> {
    return readdir(this.machine.home).catch(() => []);
  }

  /** Written last, under another name first: a sandbox with a state file is complete. */
  async saveState(state: SandboxState, manifest: string): Promise<void> {
    const folder = this.folder(state.id);
    await writeFile(join(folder, "manifest"), manifest, { mode: 0o600 });
    await writeFile(join(folder, "state.new"), JSON.stringify(state), { mode: 0o600 });
    await rename(join(folder, "state.new"), join(folder, "state.json"));
  }

  /** Null when there is none, or when its tmpfs went with a restart of the machine. */
  async loadState(id: string): Promise<SandboxState | null> {
    const text = await readFile(join(this.folder(id), "state.json"), "utf8").catch(() => null);
    if (text === null || !(await this.stands(id))) return null;
    return JSON.parse(text) as SandboxState;
  }

  /** Whether its box is there, with what lies in it. */
  async stands(id: string): Promise<boolean> {
    return this.machine.root ? this.isMounted(id) : (await stat(this.box(id)).catch(() => null)) !== null;
  }

  loadManifest(id: string): Promise<string> {
    return readFile(join(this.folder(id), "manifest"), "utf8");
  }

  private async isMounted(id: string): Promise<boolean> {
    const [outer, inner] = await Promise.all([
      stat(this.folder(id)).catch(() => null),
      stat(this.box(id)).catch(() => null),
    ]);
    return outer !== null && inner !== null && outer.dev !== inner.dev;
  }
}
