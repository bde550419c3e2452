import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { deserialize, serialize } from "node:v8";
import type { RepoFetcher } from "../../repo-fetch.ts";
import {
  DEFAULT_LIMITS,
  RepoUnavailable,
  type Sandbox,
  type SandboxAbilities,
  type SandboxLimits,
  type SandboxProvider,
  type SandboxSpec,
} from "../../sandbox.ts";
import { Alive } from "../alive.ts";
import { destroyEach } from "../destroy-each.ts";
import { countLines } from "../file-content.ts";
import { checkSandboxId, isSandboxId } from "../ids.ts";
import { Places } from "../places.ts";
import { type Source, withSource } from "../source.ts";
import type { StoredFile } from "./protocol.ts";
import { VirtualSandbox, type VirtualState } from "./sandbox.ts";
import { ShellClient, ShellFailed } from "./shell-client.ts";

/** Everything lies in the memory of one process, so the bounds are tighter than those of a real file system. */
const MAX_BYTES = 128 * 1024 * 1024;
const MAX_FILES = 20_000;
const MAX_PACK_BYTES = 32 * 1024 * 1024;

export type VirtualOptions = {
  /** Data folder of this installation. */
  readonly dataDir: string;
  readonly repos: RepoFetcher;
  /** See `SandboxStart`. */
  readonly maxSandboxes?: number;
};

/** A shell interpreter over a file system in memory: no program of this machine runs, and no git is needed. */
export class VirtualProvider implements SandboxProvider {
  readonly name = "virtual";
  readonly can: SandboxAbilities = {
    exec: "emulated",
    git: false,
    tests: false,
    egress: "none",
    limits: ["memory", "disk", "files", "output", "time"],
    survivesRestart: true,
    isolation:
      "A shell interpreter with built-in commands only, in a process of its own that Node's permission model keeps from other files and programs.",
    gaps: [
      "No git, node or python inside: commands that need real programs fail, and a repository's tests cannot run.",
    ],
  };
  private readonly home: string;
  private readonly repos: RepoFetcher;
  private readonly places: Places;
  private readonly alive = new Alive<VirtualSandbox>({
    reopen: (id) => this.reopen(id),
    build: (spec, dropped) => this.build(spec, dropped),
  });

  constructor(options: VirtualOptions) {
    this.home = join(resolve(options.dataDir), "virtual-sandboxes");
    this.repos = options.repos;
    this.places = new Places(options.maxSandboxes);
  }

  create(spec: SandboxSpec): Promise<Sandbox> {
    return this.alive.create(spec);
  }

  open(id: string): Promise<Sandbox | null> {
    return this.alive.open(id);
  }

  async destroy(id: string): Promise<void> {
    checkSandboxId(id);
    await (await this.alive.drop(id))?.end();
    await rm(join(this.home, id), { recursive: true, force: true });
    this.places.free(id);
  }

  async sweep(keep: ReadonlySet<string>): Promise<string[]> {
    const found = (await readdir(this.home).catch(() => [])).filter(isSandboxId);
    const unowned = found.filter((id) => !keep.has(id));
    for (const id of found) if (keep.has(id)) this.places.found(id);
    return destroyEach(unowned, (id) => this.destroy(id));
  }

  private async reopen(id: string): Promise<VirtualSandbox | null> {
    const text = await readFile(join(this.home, id, "state.json"), "utf8").catch(() => null);
    if (text === null) return null;
    const state = JSON.parse(text) as VirtualState;
    this.places.found(id);
    return this.sandbox(state, this.shell(id, state.limits));
  }

  private async build(spec: SandboxSpec, dropped: AbortSignal): Promise<VirtualSandbox> {
    const wanted = { ...DEFAULT_LIMITS, ...spec.limits };
    const limits: SandboxLimits = {
      ...wanted,
      diskBytes: Math.min(wanted.diskBytes, MAX_BYTES),
      files: Math.min(wanted.files, MAX_FILES),
    };
    this.places.take(spec.id);
    const folder = join(this.home, spec.id);
    const shell = this.shell(spec.id, limits);
    try {
      await rm(folder, { recursive: true, force: true });
      await mkdir(join(folder, "work"), { recursive: true, mode: 0o700 });
      const unpacked = (source: Source) => this.unpack(source, limits, shell);
      const { source } = spec;
      const asked = { source, limits, dropped, maxPackBytes: MAX_PACK_BYTES };
      const { files, commit } = await withSource(this.repos, asked, unpacked);
      await shell.ask({ do: "lay out", files }, limits.createMs).catch(tooLarge);
      const text = files.filter(({ data, mode }) => mode !== "symlink" && countLines(Buffer.from(data)) !== null);
      const textBytes = text.reduce((sum, { data }) => sum + data.length, 0);
      const state: VirtualState = { id: spec.id, commit, textBytes, limits };
      await writeFile(join(folder, "pristine.bin"), serialize(files), { mode: 0o600 });
      await writeFile(join(folder, "state.new"), JSON.stringify(state), { mode: 0o600 });
      await rename(join(folder, "state.new"), join(folder, "state.json"));
      return this.sandbox(state, shell);
    } catch (error) {
      await shell.end();
      await rm(folder, { recursive: true, force: true });
      this.places.free(spec.id);
      throw error;
    }
  }

  private async unpack(source: Source, limits: SandboxLimits, shell: ShellClient) {
    if ("files" in source) {
      const files = [...source.files].map(
        ([path, content]): StoredFile => ({ path, data: Buffer.from(content), mode: "file" }),
      );
      return { files, commit: null };
    }
    const { pack, commit } = source;
    const files = await shell.ask({ do: "unpack", pack, commit, limits }, limits.createMs).catch(tooLarge);
    return { files, commit };
  }

  private sandbox(state: VirtualState, shell: ShellClient): VirtualSandbox {
    return new VirtualSandbox(state, shell, async () =>
      deserialize(await readFile(join(this.home, state.id, "pristine.bin"))),
    );
  }

  private shell(id: string, limits: SandboxLimits): ShellClient {
    const folder = join(this.home, id, "work");
    return new ShellClient({
      folder,
      maxBytes: limits.diskBytes,
      maxFiles: limits.files,
      memoryBytes: limits.memoryBytes,
    });
  }
}

/** What the seller's process says about a broken or oversized source, as a sentence for the buyer. */
function tooLarge(error: unknown): never {
  const cause = error;
  if (error instanceof ShellFailed && error.timedOut) {
    throw new RepoUnavailable("Laying out the repository took too long.", { cause });
  }
  if (error instanceof Error && /space|quota|limit|too many|ended/i.test(error.message)) {
    throw new RepoUnavailable("The repository is too large, or has too many files, for the virtual sandbox.", {
      cause,
    });
  }
  throw new RepoUnavailable("The repository contains objects or paths that git refuses.", { cause });
}
