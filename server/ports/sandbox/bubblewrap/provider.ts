import type { RepoFetcher } from "../../repo-fetch.ts";
import {
  DEFAULT_LIMITS,
  type Sandbox,
  type SandboxAbilities,
  type SandboxLimits,
  type SandboxProvider,
  type SandboxSpec,
} from "../../sandbox.ts";
import { checkedFiles, fastImportStream } from "../fast-import.ts";
import { checkSandboxId, isSandboxId } from "../ids.ts";
import { describeAbilities } from "./abilities.ts";
import { groupIds, makeGroup, removeGroup, removeParents } from "./cgroups.ts";
import { allDefences, type Defences } from "./defences.ts";
import { BRANCH, GIT_ENVIRONMENT, LAY_OUT } from "./git-scripts.ts";
import { layOutFailure } from "./lay-out-failure.ts";
import type { Machine } from "./machine.ts";
import { describeFiles, type LaidOut, readLayOut, writeManifest } from "./manifest.ts";
import { BubblewrapSandbox } from "./sandbox.ts";
import type { Seal, SealedUser } from "./seal.ts";
import { Workspaces } from "./workspace.ts";

/** Bytes of printed file list that are taken in; about a million paths. */
const MAX_LIST_BYTES = 64 * 1024 * 1024;
const MAX_PACK_BYTES = 256 * 1024 * 1024;
/** User ids for sandboxes: above those of people and services, below 65,536 so that containers have them too. */
const FIRST_UID = 20_000;
const UIDS = 40_000;

export type BubblewrapOptions = {
  readonly machine: Machine;
  readonly seal: Seal;
  readonly repos: RepoFetcher;
  readonly defences?: Defences;
};

/** `files` when the buyer handed in files, else the fetched pack and its commit. */
type Source =
  | { readonly input: Buffer; readonly files: ReadonlyMap<string, string>; readonly commit: null }
  | { readonly input: Buffer; readonly commit: string };

export class BubblewrapProvider implements SandboxProvider {
  readonly name = "bubblewrap";
  readonly can: SandboxAbilities;
  private readonly machine: Machine;
  private readonly seal: Seal;
  private readonly repos: RepoFetcher;
  private readonly defences: Defences;
  private readonly workspaces: Workspaces;
  private readonly alive = new Map<string, Promise<BubblewrapSandbox | null>>();
  private readonly uidsInUse = new Set<number>();

  constructor(options: BubblewrapOptions) {
    this.machine = options.machine;
    this.seal = options.seal;
    this.repos = options.repos;
    this.defences = options.defences ?? allDefences();
    this.workspaces = new Workspaces(options.machine, this.defences);
    this.can = describeAbilities(options.machine);
  }

  async create(spec: SandboxSpec): Promise<Sandbox> {
    checkSandboxId(spec.id);
    // An `open` under way may find nothing; only then is it ours to build.
    for (let running = this.alive.get(spec.id); running !== undefined; running = this.alive.get(spec.id)) {
      const existing = await running;
      if (existing !== null) return existing;
    }
    return this.remember(spec.id, async () => (await this.reopen(spec.id)) ?? this.build(spec)) as Promise<Sandbox>;
  }

  async open(id: string): Promise<Sandbox | null> {
    checkSandboxId(id);
    return this.remember(id, () => this.reopen(id));
  }

  async destroy(id: string): Promise<void> {
    checkSandboxId(id);
    const sandbox = await this.alive.get(id)?.catch(() => null);
    sandbox?.end();
    this.alive.delete(id);
    await this.tearDown(id);
  }

  async sweep(keep: ReadonlySet<string>): Promise<string[]> {
    const groups = this.machine.cgroups === null ? [] : groupIds(this.machine.cgroups);
    const found = new Set([...(await this.workspaces.ids()), ...groups]);
    const unowned = [...found].filter((id) => isSandboxId(id) && !keep.has(id));
    for (const id of unowned) await this.destroy(id);
    if (found.size === unowned.length && this.machine.cgroups !== null) removeParents(this.machine.cgroups);
    return unowned;
  }

  /** One piece of work a sandbox at a time; a failed or empty one is forgotten, so that it can be tried again. */
  private remember(id: string, work: () => Promise<BubblewrapSandbox | null>): Promise<BubblewrapSandbox | null> {
    const running = this.alive.get(id);
    if (running !== undefined) return running;
    const started = work();
    this.alive.set(id, started);
    const forget = () => {
      if (this.alive.get(id) === started) this.alive.delete(id);
    };
    started.then((sandbox) => sandbox ?? forget(), forget);
    return started;
  }

  private async reopen(id: string): Promise<BubblewrapSandbox | null> {
    const state = await this.workspaces.loadState(id);
    if (state === null) return null;
    if (state.uid !== null) this.uidsInUse.add(state.uid);
    const user = this.user(id, state.uid, state.limits);
    return new BubblewrapSandbox(state, user, this.seal, this.workspaces, this.defences);
  }

  private async build(spec: SandboxSpec): Promise<BubblewrapSandbox> {
    const limits: SandboxLimits = { ...DEFAULT_LIMITS, ...spec.limits };
    const deadline = performance.now() + limits.createMs;
    // Fetched first: while a slow remote keeps us waiting there is nothing to clean up.
    const source = await this.obtain(spec.source, limits);
    // What a crashed attempt left behind under this id.
    await this.tearDown(spec.id);
    const uid = this.takeUid();
    try {
      await this.workspaces.make(spec.id, uid, limits);
      const user = this.user(spec.id, uid, limits);
      const laidOut = await this.layOut(spec.id, user, source, deadline);
      const { id } = spec;
      const { textBytes } = laidOut;
      const state = { id, uid, limits, baseCommit: laidOut.commit, commit: source.commit, textBytes };
      await this.workspaces.saveState(state, writeManifest(laidOut.manifest));
      return new BubblewrapSandbox(state, user, this.seal, this.workspaces, this.defences);
    } catch (error) {
      if (uid !== null) this.uidsInUse.delete(uid);
      await this.tearDown(spec.id);
      throw error;
    }
  }

  private async obtain(source: SandboxSpec["source"], limits: SandboxLimits): Promise<Source> {
    if (source.kind === "files") {
      const files = checkedFiles(source.files);
      return { input: fastImportStream(files, BRANCH), files, commit: null };
    }
    const { url, ref, token } = source;
    const maxPackBytes = Math.min(MAX_PACK_BYTES, limits.diskBytes);
    const request = { url, timeoutMs: limits.createMs, maxPackBytes };
    const repo = await this.repos.fetch({ ...request, ...(ref && { ref }), ...(token && { token }) });
    return { input: repo.pack, commit: repo.commit };
  }

  private async layOut(id: string, user: SealedUser, source: Source, deadline: number): Promise<LaidOut> {
    const strict = this.defences.has("object checks") ? "--strict" : "--threads=1";
    const kind = source.commit === null ? "files" : "repo";
    // Files come straight from the buyer's request and are as large as they look; a pack can unfold to anything.
    const runner = source.commit === null ? { ...user, groupFolders: [] } : user;
    const run = await this.seal.run(runner, {
      binds: [{ from: this.workspaces.box(id), to: "/box", writable: true }],
      argv: ["sh", "-c", LAY_OUT, "sh", kind, source.commit ?? "-", strict],
      env: GIT_ENVIRONMENT,
      input: source.input,
      timeoutMs: Math.max(1, deadline - performance.now()),
      outputBytes: MAX_LIST_BYTES,
    });
    if (run.exitCode !== 0 || run.truncated) throw layOutFailure(run);
    const laidOut = readLayOut(run.stdout.toString());
    return source.commit === null ? { ...laidOut, ...describeFiles(source.files) } : laidOut;
  }

  private user(id: string, uid: number | null, limits: SandboxLimits): SealedUser {
    const { cgroups } = this.machine;
    return { uid, limits, groupFolders: cgroups === null ? [] : makeGroup(cgroups, id, limits, this.defences) };
  }

  private takeUid(): number | null {
    if (!this.machine.root) return null;
    if (!this.defences.has("own user id")) return 0;
    for (let tries = 0; tries < UIDS; tries++) {
      // At random, because other installations on this machine draw from the same range.
      const uid = FIRST_UID + Math.floor(Math.random() * UIDS);
      if (this.uidsInUse.has(uid)) continue;
      this.uidsInUse.add(uid);
      return uid;
    }
    throw new Error("Every user id for sandboxes is in use.");
  }

  private async tearDown(id: string): Promise<void> {
    const state = await this.workspaces.loadState(id);
    if (this.machine.cgroups !== null) await removeGroup(this.machine.cgroups, id);
    await this.workspaces.remove(id);
    if (state?.uid != null) this.uidsInUse.delete(state.uid);
  }
}
