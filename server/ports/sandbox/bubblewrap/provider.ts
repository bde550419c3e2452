import type { RepoFetcher } from "../../repo-fetch.ts";
import {
  DEFAULT_LIMITS,
  type Sandbox,
  type SandboxAbilities,
  type SandboxLimits,
  type SandboxProvider,
  type SandboxSpec,
} from "../../sandbox.ts";
import { Alive } from "../alive.ts";
import { destroyEach } from "../destroy-each.ts";
import { checkSandboxId, isSandboxId } from "../ids.ts";
import { Places } from "../places.ts";
import { allDefences, type Defences } from "../sealed/defences.ts";
import { type LaidOut, writeManifest } from "../sealed/manifest.ts";
import { SealedSandbox } from "../sealed/sandbox.ts";
import { type Source, withSource } from "../source.ts";
import { describeAbilities } from "./abilities.ts";
import { groupIds, makeGroup, removeGroup, removeParents } from "./cgroups.ts";
import { type Box, layOutFiles, layOutPack } from "./lay-out.ts";
import type { Machine } from "./machine.ts";
import type { Seal, SealedUser } from "./seal.ts";
import { bubblewrapWall } from "./wall.ts";
import { type SandboxState, Workspaces } from "./workspace.ts";

/** User ids for sandboxes: above those of people and services, below 65,536 so that containers have them too. */
const FIRST_UID = 20_000;
const UIDS = 40_000;

export type BubblewrapOptions = {
  readonly machine: Machine;
  readonly seal: Seal;
  readonly repos: RepoFetcher;
  readonly defences?: Defences;
  /** See `SandboxStart`. */
  readonly maxSandboxes?: number;
};

export class BubblewrapProvider implements SandboxProvider {
  readonly name = "bubblewrap";
  readonly can: SandboxAbilities;
  private readonly machine: Machine;
  private readonly seal: Seal;
  private readonly repos: RepoFetcher;
  private readonly defences: Defences;
  private readonly workspaces: Workspaces;
  private readonly alive = new Alive<SealedSandbox>({
    reopen: (id) => this.reopen(id),
    build: (spec, dropped) => this.build(spec, dropped),
  });
  private readonly uidsInUse = new Set<number>();
  private readonly places: Places;

  constructor(options: BubblewrapOptions) {
    this.machine = options.machine;
    this.seal = options.seal;
    this.repos = options.repos;
    this.defences = options.defences ?? allDefences();
    this.places = new Places(options.maxSandboxes);
    this.workspaces = new Workspaces(options.machine, this.defences);
    this.can = describeAbilities(options.machine);
  }

  create(spec: SandboxSpec): Promise<Sandbox> {
    return this.alive.create(spec);
  }

  open(id: string): Promise<Sandbox | null> {
    return this.alive.open(id);
  }

  async destroy(id: string): Promise<void> {
    checkSandboxId(id);
    (await this.alive.drop(id))?.end();
    await this.tearDown(id);
    this.places.free(id);
  }

  async sweep(keep: ReadonlySet<string>): Promise<string[]> {
    const { cgroups } = this.machine;
    const found = new Set([...(await this.workspaces.ids()), ...(cgroups === null ? [] : groupIds(cgroups))]);
    const unowned = [...found].filter((id) => isSandboxId(id) && !keep.has(id));
    for (const id of found) if (keep.has(id)) this.places.found(id);
    await destroyEach(unowned, (id) => this.destroy(id));
    if (found.size === unowned.length) {
      if (cgroups !== null) removeParents(cgroups);
      await this.workspaces.removeHome();
    }
    return unowned;
  }

  private async reopen(id: string): Promise<SealedSandbox | null> {
    const state = await this.workspaces.loadState(id);
    if (state === null) return null;
    if (state.uid !== null) this.uidsInUse.add(state.uid);
    this.places.found(id);
    const user = this.user(id, state.uid, state.limits);
    return this.sandbox(state, user);
  }

  private async build({ id, source, limits: wanted }: SandboxSpec, dropped: AbortSignal): Promise<SealedSandbox> {
    const limits: SandboxLimits = { ...DEFAULT_LIMITS, ...wanted };
    this.places.take(id);
    try {
      // Had first: while a slow remote keeps us waiting there is nothing to clean up.
      const asked = { source, limits, dropped };
      return await withSource(this.repos, asked, (had, deadline) => this.fill(id, limits, had, deadline));
    } catch (error) {
      this.places.free(id);
      throw error;
    }
  }

  private async fill(id: string, limits: SandboxLimits, source: Source, deadline: number): Promise<SealedSandbox> {
    // What a crashed attempt left behind under this id.
    if (await this.workspaces.exists(id)) await this.tearDown(id);
    const uid = this.takeUid();
    try {
      await this.workspaces.make(id, uid, limits);
      const user = this.user(id, uid, limits);
      const laidOut = await this.layOut({ folder: this.workspaces.box(id), user }, source, deadline);
      const { textBytes } = laidOut;
      const commit = "files" in source ? null : source.commit;
      const state = { id, uid, limits, baseCommit: laidOut.commit, commit, textBytes };
      await this.workspaces.saveState(state, writeManifest(laidOut.manifest));
      return this.sandbox(state, user);
    } catch (error) {
      if (uid !== null) this.uidsInUse.delete(uid);
      await this.tearDown(id);
      throw error;
    }
  }

  private sandbox(state: SandboxState, user: SealedUser): SealedSandbox {
    const { seal, workspaces } = this;
    const wall = bubblewrapWall(state.id, user, { seal, workspaces, cgroups: this.machine.cgroups });
    return new SealedSandbox(state, wall, this.defences);
  }

  private layOut(box: Box, source: Source, deadline: number): Promise<LaidOut> {
    if ("files" in source) return layOutFiles(box, source.files);
    const timeoutMs = Math.max(1, deadline - performance.now());
    return layOutPack(this.seal, box, source, { strict: this.defences.has("object checks"), timeoutMs });
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
