import { isUtf8 } from "node:buffer";
import { randomBytes } from "node:crypto";
import { posix } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { CityError, isCityError } from "../../../kernel/errors.ts";
import {
  type ExecResult,
  type FileContent,
  type FileEntry,
  type PristineTree,
  REPO_PATH,
  type Sandbox,
  type SandboxLimits,
  sandboxLost,
  type WorkspaceDiff,
} from "../../sandbox.ts";
import { checkCommand, endedByClose, refuseClosed } from "../commands.ts";
import { MAX_READ_BYTES } from "../file-content.ts";
import { cutPatch, MAX_PATCH_BYTES } from "../patch.ts";
import { absoluteInRepo, insideRepo, wrongPath } from "../paths.ts";
import { Turns } from "../turns.ts";
import { allDefences, type Defences } from "./defences.ts";
import { fileScripts } from "./file-scripts.ts";
import { DIFF, GIT_ENVIRONMENT, PRISTINE_GIT } from "./git-scripts.ts";
import type { Manifest } from "./manifest.ts";
import type { Binding, Program, ProgramRun, Wall } from "./program.ts";
import { checkReader, readContent, readDiff, readEntries } from "./reader-output.ts";

const READER_MS = 10_000;
const DIFF_MS = 30_000;
const LIST_BYTES = 8 * 1024 * 1024;
/** A command that does not end is not waited for longer: the delivery must not hang on it. */
const CLOSE_MS = 5_000;
const NO_LIMIT = 0x7fff_ffff;
/** Commands of one sandbox that run side by side; further ones wait their turn. */
const SIDE_BY_SIDE = 4;

const REPO_READ: Binding = { part: "repo", to: REPO_PATH, writable: false };
const REPO_WRITE: Binding = { part: "repo", to: REPO_PATH, writable: true };
const PRISTINE: Binding = { part: "git", to: PRISTINE_GIT, writable: false };
const TMP: Binding = { part: "tmp", to: "/tmp", writable: true };

/** What is known of a sandbox beyond its files, and outlives the server. */
export type SealedState = {
  readonly id: string;
  /** What the tree is compared with. */
  readonly baseCommit: string;
  /** The fetched commit; null when the source was files. */
  readonly commit: string | null;
  readonly textBytes: number;
  readonly limits: SandboxLimits;
};

/** A sandbox of real programs and real git, whatever wall they run behind. */
export class SealedSandbox implements Sandbox {
  readonly id: string;
  readonly commit: string | null;
  readonly textBytes: number;
  /** What is behind the wall is gone: nothing can be done with this sandbox any more. */
  lost = false;
  private readonly state: SealedState;
  private readonly wall: Wall;
  private readonly defences: Defences;
  private readonly scripts: ReturnType<typeof fileScripts>;
  private readonly ending = new AbortController();
  private closing = new AbortController();
  private readonly commands = new Set<Promise<unknown>>();
  private readonly turns = new Turns(SIDE_BY_SIDE);
  private manifest: Promise<Manifest> | undefined;

  constructor(state: SealedState, wall: Wall, defences: Defences = allDefences()) {
    this.id = state.id;
    this.commit = state.commit;
    this.textBytes = state.textBytes;
    this.state = state;
    this.wall = wall;
    this.defences = defences;
    this.scripts = fileScripts(defences.has("checks on the open file"));
  }

  async listFiles(path: string): Promise<FileEntry[]> {
    const folder = absoluteInRepo(this.relative(path));
    const run = await this.read(["sh", "-c", this.scripts.list, "sh", folder], LIST_BYTES);
    checkReader(run, "folder");
    return readEntries(run.stdout);
  }

  async readFile(path: string): Promise<FileContent> {
    const absolute = absoluteInRepo(this.relative(path));
    const argv = ["sh", "-c", this.scripts.read, "sh", absolute, String(MAX_READ_BYTES)];
    const run = await this.read(argv, MAX_READ_BYTES + 32);
    checkReader(run, "file");
    return readContent(absolute, run.stdout);
  }

  async writeFile(path: string, content: string, encoding: "utf8" | "base64" = "utf8"): Promise<{ sizeBytes: number }> {
    const relative = this.relative(path);
    if (relative === "") throw wrongPath("The path must name a file.");
    const input = Buffer.from(content, encoding);
    const { dir, base } = posix.parse(relative);
    const run = await this.run({
      binds: [REPO_WRITE],
      argv: ["sh", "-c", this.scripts.write, "sh", dir, base, randomBytes(8).toString("hex")],
      input,
      timeoutMs: READER_MS,
      outputBytes: 4096,
    });
    checkReader(run, "file");
    return { sizeBytes: input.length };
  }

  async exec(command: string, options: { cwd?: string; timeoutMs?: number } = {}): Promise<ExecResult> {
    checkCommand(command);
    const { limits } = this.state;
    const cwd = absoluteInRepo(insideRepo(options.cwd ?? "", "cwd"));
    const timeoutMs = Math.min(options.timeoutMs ?? limits.commandMs, limits.commandMs);
    const pristine = { ...PRISTINE, writable: !this.defences.has("out-of-reach pristine tree") };
    const program: Program = {
      binds: [pristine, TMP, REPO_WRITE],
      // The first sh is process 1 and only waits: as process 1 a command's signals would not work as usual.
      argv: ["sh", "-c", 'cd -- "$1" || exit 1; bash -c "$2" || exit $?', "sh", cwd, command],
      timeoutMs: this.defences.has("time limit") ? timeoutMs : NO_LIMIT,
      outputBytes: this.defences.has("output limit") ? limits.outputBytes : NO_LIMIT,
    };
    const { signal: closed } = this.closing;
    const running = this.turns.take(() => {
      refuseClosed(closed);
      return this.command(program, closed);
    });
    this.commands.add(running);
    return running.finally(() => this.commands.delete(running));
  }

  async close(): Promise<void> {
    this.closing.abort();
    await this.behind(this.wall.close());
    await Promise.race([Promise.allSettled(this.commands), wait(CLOSE_MS, undefined, { ref: false })]);
  }

  async reopen(): Promise<void> {
    await this.behind(this.wall.reopen());
    if (this.closing.signal.aborted) this.closing = new AbortController();
  }

  async diff(): Promise<WorkspaceDiff> {
    const text = await this.printDiff("text");
    // Old encodings would not survive the way through JSON, nor NUL that through PostgreSQL, which git lets pass beyond
    // the first 8,000 bytes of a file: such a change travels as binary.
    const isText = isUtf8(text.patch) && !text.patch.includes(0);
    const read = isText ? text : await this.printDiff("binary");
    const { patch, truncated } = cutPatch(read.patch, read.complete);
    return { patch: patch.toString(), truncated, createdPaths: read.createdPaths };
  }

  async pristine(): Promise<PristineTree> {
    const reading = this.manifest ?? this.behind(this.wall.manifest());
    this.manifest = reading;
    const paths = await reading.catch((error) => {
      // The next one to ask may be luckier.
      this.manifest = undefined;
      throw error;
    });
    return {
      paths,
      readText: async (path) => {
        const entry = paths.get(path);
        if (entry?.lines === undefined || entry.bytes > MAX_READ_BYTES) return null;
        const run = await this.run({
          binds: [PRISTINE],
          argv: ["git", "cat-file", "blob", `${this.state.baseCommit}:${path}`],
          env: { ...GIT_ENVIRONMENT, GIT_DIR: PRISTINE_GIT },
          timeoutMs: READER_MS,
          outputBytes: MAX_READ_BYTES,
        });
        return run.exitCode === 0 ? run.stdout.toString() : null;
      },
    };
  }

  /** Ends every command that still runs. The sandbox cannot be used afterwards. */
  end(): void {
    this.ending.abort();
  }

  private async command(program: Program, closed: AbortSignal): Promise<ExecResult> {
    const started = performance.now();
    try {
      const run = await this.run(program, { heavy: true, closed });
      if (!closed.aborted) return { ...run, stdout: run.stdout.toString(), stderr: run.stderr.toString() };
    } catch (error) {
      refuseEnded(this.ending.signal);
      if (!closed.aborted) throw error;
    }
    return endedByClose(Math.round(performance.now() - started));
  }

  private async printDiff(form: "text" | "binary") {
    const program: Program = {
      binds: [PRISTINE, REPO_READ],
      argv: ["sh", "-c", DIFF, "sh", this.state.baseCommit, form],
      env: GIT_ENVIRONMENT,
      timeoutMs: DIFF_MS,
      outputBytes: 16 * MAX_PATCH_BYTES,
      scratchBytes: this.state.limits.diskBytes,
    };
    const run = await this.run(program, { heavy: true });
    if (run.exitCode !== 0) {
      const log = { stderr: run.stderr.toString().slice(0, 500), exitCode: run.exitCode };
      throw new CityError("UNAVAILABLE", "The changes in the sandbox could not be read.", { log });
    }
    return { ...readDiff(run.stdout), complete: !run.truncated };
  }

  private read(argv: string[], outputBytes: number): Promise<ProgramRun> {
    return this.run({ binds: [REPO_READ], argv, timeoutMs: READER_MS, outputBytes });
  }

  /** @param closed what ends a seller's command before the sandbox ends. */
  private async run(program: Program, kind: { heavy?: true; closed?: AbortSignal } = {}): Promise<ProgramRun> {
    const { heavy = false, closed } = kind;
    const { signal } = this.ending;
    refuseEnded(signal);
    const until = closed ? AbortSignal.any([signal, closed]) : signal;
    const run = await this.behind(this.wall.run(program, { heavy, command: closed !== undefined, signal: until }));
    refuseEnded(signal);
    return run;
  }

  /** Whatever a wall says of what failed behind it: where the sandbox was destroyed or lost, that is why. */
  private async behind<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      refuseEnded(this.ending.signal);
      if (!isCityError(error) || error.code !== "UNAVAILABLE") throw error;
      // Not known to be gone: it may answer again.
      if (await this.wall.stands().catch(() => true)) throw error;
      this.lost = true;
      throw sandboxLost(error);
    }
  }

  private relative(path: string): string {
    return this.defences.has("path rules") ? insideRepo(path) : path;
  }
}

function refuseEnded(signal: AbortSignal): void {
  if (signal.aborted) throw new CityError("UNAVAILABLE", "The sandbox has been destroyed.");
}
