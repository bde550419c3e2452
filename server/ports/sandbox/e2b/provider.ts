import { setTimeout as wait } from "node:timers/promises";
import type { SandboxInfo } from "e2b";
import { CityError } from "../../../kernel/errors.ts";
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
import { commitFiles } from "../git-objects.ts";
import { checkSandboxId, isSandboxId } from "../ids.ts";
import { refuseFull } from "../places.ts";
import { readManifest, writeManifest } from "../sealed/manifest.ts";
import { SealedSandbox, type SealedState } from "../sealed/sandbox.ts";
import { type Source, withSource } from "../source.ts";
import { E2B_ABILITIES } from "./abilities.ts";
import { type CanaryTargets, demandNoEgress } from "./canary.ts";
import { layOut } from "./lay-out.ts";
import { type Machines, sandboxIdOf } from "./machines.ts";
import { RemoteSeal } from "./remote-seal.ts";
import { CITY_FOLDER } from "./seal-script.ts";

const STATE = `${CITY_FOLDER}/state.json`;
const MANIFEST = `${CITY_FOLDER}/manifest`;
/** How often another server's unfinished sandbox is looked at. */
const LOOK_MS = 500;

/**
 * Machines younger than this are spared by a sweep: another server may have made one since `keep` was read, or for a gate
 * or an appeal, which are in no table. What a crash left so late ends with its machine's lifetime.
 */
const YOUNG_MS = 10 * 60_000;

export type E2bOptions = {
  readonly machines: Machines;
  readonly repos: RepoFetcher;
  readonly canary: CanaryTargets;
  /** Machines at a time, of all servers of the city together; without it as many as are asked for. */
  readonly maxSandboxes?: number | undefined;
};

/** Sandboxes on machines of E2B's. Nothing of a sandbox is kept here: any server of the city can go on with it. */
export class E2bProvider implements SandboxProvider {
  readonly name = "e2b";
  readonly can: SandboxAbilities = E2B_ABILITIES;
  private readonly machines: Machines;
  private readonly repos: RepoFetcher;
  private readonly canary: CanaryTargets;
  private readonly maxSandboxes: number;
  private readonly alive: Alive<SealedSandbox>;

  constructor(options: E2bOptions) {
    this.machines = options.machines;
    const reopen = (id: string) => this.reopen(id);
    const build = (spec: SandboxSpec, dropped: AbortSignal) => this.build(spec, dropped);
    this.alive = new Alive({ reopen, build }, options.machines.lifetimeMs);
    this.repos = options.repos;
    this.canary = options.canary;
    this.maxSandboxes = options.maxSandboxes ?? Number.POSITIVE_INFINITY;
  }

  create(spec: SandboxSpec): Promise<Sandbox> {
    return this.alive.create(spec);
  }

  open(id: string): Promise<Sandbox | null> {
    return this.alive.open(id);
  }

  async destroy(id: string): Promise<void> {
    checkSandboxId(id);
    // Killed before it is waited for: a sandbox that is being made ends with its machine.
    await this.killAll(await this.machines.list(id));
    const sandbox = await this.alive.drop(id);
    sandbox?.end();
    await this.killAll(await this.machines.list(id));
  }

  async sweep(keep: ReadonlySet<string>): Promise<string[]> {
    const unowned = new Set<string>();
    for (const info of await this.machines.list()) {
      const id = sandboxIdOf(info);
      // Another server's trial is no sandbox, and ends by itself.
      if (keep.has(id) || !isSandboxId(id) || isYoung(info)) continue;
      unowned.add(id);
    }
    return destroyEach(unowned, (id) => this.destroy(id));
  }

  private async reopen(id: string): Promise<SealedSandbox | null> {
    for (const info of await this.machines.list(id)) {
      const seal = new RemoteSeal(await this.machines.connect(info));
      const text = await seal.get(STATE);
      if (text !== null) return this.sandbox(JSON.parse(text) as SealedState, seal);
    }
    return null;
  }

  private async build({ id, source, limits: wanted }: SandboxSpec, dropped: AbortSignal): Promise<SealedSandbox> {
    const limits: SandboxLimits = { ...DEFAULT_LIMITS, ...wanted };
    const others = (await this.machines.list()).filter((info) => sandboxIdOf(info) !== id);
    refuseFull(others.length, this.maxSandboxes);
    // Fetched first: while a slow remote keeps us waiting there is no machine to pay for.
    return withSource(this.repos, { source, limits, dropped }, (had, deadline) => this.fill(id, limits, had, deadline));
  }

  private async fill(id: string, limits: SandboxLimits, source: Source, deadline: number): Promise<SealedSandbox> {
    const files = "files" in source;
    const { pack, commit } = files ? commitFiles(source.files) : source;
    const finished = await this.waitForOthers(id, deadline);
    if (finished !== null) return finished;

    const machine = await this.machines.start(id);
    try {
      const running = await this.machines.list();
      const first = running.find((info) => sandboxIdOf(info) === id);
      if (first !== undefined && first.sandboxId !== machine.sandboxId) {
        // Another server was quicker by a moment; both see the same order, so one of them goes on.
        await this.machines.kill(machine.sandboxId);
        const theirs = await this.waitForOthers(id, deadline);
        if (theirs !== null) return theirs;
        throw new Error("The sandbox was being made by another server, which did not finish.");
      }
      // Others may have been started since the count; of those that are too many each goes, for all see one order.
      refuseFull(
        running.findIndex((info) => info.sandboxId === machine.sandboxId),
        this.maxSandboxes,
      );
      const seal = new RemoteSeal(machine);
      await seal.prepare();
      // Side by side: until both are done nothing but our own sealed scripts runs there, and those have no network.
      const [laidOut] = await Promise.all([
        layOut(seal, { pack, commit }, limits, deadline),
        demandNoEgress(seal, this.canary),
      ]);
      const { manifest, textBytes } = laidOut;
      const state: SealedState = { id, baseCommit: commit, commit: files ? null : commit, textBytes, limits };
      await seal.put(MANIFEST, Buffer.from(writeManifest(manifest)));
      // Written last: a machine with this file is complete.
      await seal.put(STATE, Buffer.from(JSON.stringify(state)));
      return this.sandbox(state, seal);
    } catch (error) {
      await this.machines.kill(machine.sandboxId);
      throw error;
    }
  }

  /**
   * Gives another server that makes this very sandbox the time to finish it. What is unfinished after that was left by a
   * crash, and is removed.
   */
  private async waitForOthers(id: string, deadline: number): Promise<SealedSandbox | null> {
    for (;;) {
      const others = await this.machines.list(id);
      if (others.length === 0) return null;
      const finished = await this.reopen(id);
      if (finished !== null) return finished;
      if (performance.now() > deadline) {
        await this.killAll(others);
        return null;
      }
      await wait(LOOK_MS);
    }
  }

  private sandbox(state: SealedState, seal: RemoteSeal): SealedSandbox {
    const { id } = state;
    return new SealedSandbox(state, {
      run: (program, { command }) => seal.run(program, state.limits, command ? "command" : "ours"),
      close: () => seal.close(),
      reopen: () => seal.reopen(),
      stands: async () => (await this.machines.list(id)).some(({ sandboxId }) => sandboxId === seal.machineId),
      manifest: async () => {
        const manifest = await seal.get(MANIFEST);
        if (manifest === null) throw new CityError("UNAVAILABLE", "The sandbox's machine did not answer.");
        return readManifest(manifest);
      },
    });
  }

  private async killAll(machines: readonly SandboxInfo[]): Promise<void> {
    for (const { sandboxId } of machines) await this.machines.kill(sandboxId);
  }
}

function isYoung({ startedAt }: SandboxInfo): boolean {
  return Date.now() - startedAt.getTime() < YOUNG_MS;
}
