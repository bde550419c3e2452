import { isUtf8 } from "node:buffer";
import { randomBytes } from "node:crypto";
import { posix } from "node:path";
import { CityError } from "../../../kernel/errors.ts";
import {
  type ExecResult,
  type FileContent,
  type FileEntry,
  type PristineTree,
  REPO_PATH,
  type Sandbox,
  type SandboxLimits,
  type WorkspaceDiff,
} from "../../sandbox.ts";
import { fileScripts } from "../bubblewrap/file-scripts.ts";
import { DIFF, GIT_ENVIRONMENT, PRISTINE_GIT } from "../bubblewrap/git-scripts.ts";
import type { Manifest } from "../bubblewrap/manifest.ts";
import { checkCommand } from "../commands.ts";
import { MAX_READ_BYTES } from "../file-content.ts";
import { cutPatch, MAX_PATCH_BYTES } from "../patch.ts";
import { absoluteInRepo, insideRepo } from "../paths.ts";
import { checkReader, readContent, readDiff, readEntries } from "../reader-output.ts";
import type { Binding, RemoteCommand, RemoteRun, RemoteSeal } from "./remote-seal.ts";

const READER_MS = 10_000;
const DIFF_MS = 30_000;
const LIST_BYTES = 8 * 1024 * 1024;

/** What a machine keeps of its sandbox, in a file of root's. */
export type E2bState = {
  readonly id: string;
  /** What the tree is compared with. */
  readonly baseCommit: string;
  /** The fetched commit; null when the source was files. */
  readonly commit: string | null;
  readonly textBytes: number;
  readonly limits: SandboxLimits;
};

const REPO_READ: Binding = { part: "repo", to: REPO_PATH, writable: false };
const REPO_WRITE: Binding = { part: "repo", to: REPO_PATH, writable: true };
const PRISTINE: Binding = { part: "git", to: PRISTINE_GIT, writable: false };
const TMP: Binding = { part: "tmp", to: "/tmp", writable: true };

/** One sandbox: a machine of its own at E2B, in which every command is sealed once more. */
export class E2bSandbox implements Sandbox {
  readonly id: string;
  readonly commit: string | null;
  readonly textBytes: number;
  private readonly state: E2bState;
  private readonly seal: RemoteSeal;
  private readonly loadManifest: () => Promise<Manifest>;
  private readonly scripts = fileScripts(true);
  private manifest: Promise<Manifest> | undefined;
  private ended = false;

  constructor(state: E2bState, seal: RemoteSeal, loadManifest: () => Promise<Manifest>) {
    this.id = state.id;
    this.commit = state.commit;
    this.textBytes = state.textBytes;
    this.state = state;
    this.seal = seal;
    this.loadManifest = loadManifest;
  }

  async listFiles(path: string): Promise<FileEntry[]> {
    const folder = absoluteInRepo(insideRepo(path));
    const run = await this.read(["sh", "-c", this.scripts.list, "sh", folder], LIST_BYTES);
    checkReader(run, "folder");
    return readEntries(run.stdout);
  }

  async readFile(path: string): Promise<FileContent> {
    const absolute = absoluteInRepo(insideRepo(path));
    const argv = ["sh", "-c", this.scripts.read, "sh", absolute, String(MAX_READ_BYTES)];
    const run = await this.read(argv, MAX_READ_BYTES + 32);
    checkReader(run, "file");
    return readContent(absolute, run.stdout);
  }

  async writeFile(path: string, content: string, encoding: "utf8" | "base64" = "utf8"): Promise<{ sizeBytes: number }> {
    const relative = insideRepo(path);
    if (relative === "") throw new CityError("VALIDATION_ERROR", "The path must name a file.");
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
    const cwd = absoluteInRepo(insideRepo(options.cwd ?? ""));
    const run = await this.run({
      binds: [PRISTINE, TMP, REPO_WRITE],
      argv: ["sh", "-c", 'cd -- "$1" || exit 1; bash -c "$2" || exit $?', "sh", cwd, command],
      timeoutMs: Math.min(options.timeoutMs ?? limits.commandMs, limits.commandMs),
      outputBytes: limits.outputBytes,
    });
    return { ...run, stdout: run.stdout.toString(), stderr: run.stderr.toString() };
  }

  async diff(): Promise<WorkspaceDiff> {
    const text = await this.printDiff("text");
    // Old encodings would not survive the way through JSON: such a change travels as binary.
    const read = isUtf8(text.patch) ? text : await this.printDiff("binary");
    const { patch, truncated } = cutPatch(read.patch, read.complete);
    return { patch: patch.toString(), truncated, createdPaths: read.createdPaths };
  }

  async pristine(): Promise<PristineTree> {
    this.manifest ??= this.loadManifest();
    const paths = await this.manifest;
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

  /** The machine is being ended; nothing can be asked afterwards. */
  end(): void {
    this.ended = true;
  }

  private async printDiff(form: "text" | "binary") {
    const run = await this.run({
      binds: [PRISTINE, REPO_READ],
      argv: ["sh", "-c", DIFF, "sh", this.state.baseCommit, form],
      env: GIT_ENVIRONMENT,
      timeoutMs: DIFF_MS,
      outputBytes: 16 * MAX_PATCH_BYTES,
      scratchBytes: this.state.limits.diskBytes,
    });
    if (run.exitCode !== 0) {
      const log = { stderr: run.stderr.toString().slice(0, 500), exitCode: run.exitCode };
      throw new CityError("UNAVAILABLE", "The changes in the sandbox could not be read.", { log });
    }
    return { ...readDiff(run.stdout), complete: !run.truncated };
  }

  private read(argv: string[], outputBytes: number): Promise<RemoteRun> {
    return this.run({ binds: [REPO_READ], argv, timeoutMs: READER_MS, outputBytes });
  }

  private async run(command: Omit<RemoteCommand, "limits">): Promise<RemoteRun> {
    if (this.ended) throw new CityError("UNAVAILABLE", "The sandbox has been destroyed.");
    return this.seal.run({ ...command, limits: this.state.limits });
  }
}
