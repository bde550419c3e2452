import { CityError } from "../../../kernel/errors.ts";
import type {
  ExecResult,
  FileContent,
  FileEntry,
  PristineTree,
  Sandbox,
  SandboxLimits,
  WorkspaceDiff,
} from "../../sandbox.ts";
import { checkCommand, endedByClose, refuseClosed } from "../commands.ts";
import { countLines, MAX_READ_BYTES } from "../file-content.ts";
import { absoluteInRepo, insideRepo, wrongPath } from "../paths.ts";
import type { StoredFile } from "./protocol.ts";
import { type ShellClient, ShellFailed } from "./shell-client.ts";

const FILE_MS = 10_000;
const DIFF_MS = 30_000;

export type VirtualState = {
  readonly id: string;
  readonly commit: string | null;
  readonly textBytes: number;
  readonly limits: SandboxLimits;
};

export class VirtualSandbox implements Sandbox {
  readonly id: string;
  readonly commit: string | null;
  readonly textBytes: number;
  /** Its process is started again whenever it is needed. */
  readonly lost = false;
  private readonly limits: SandboxLimits;
  private readonly shell: ShellClient;
  private readonly loadPristine: () => Promise<StoredFile[]>;
  private closing = new AbortController();

  constructor(state: VirtualState, shell: ShellClient, loadPristine: () => Promise<StoredFile[]>) {
    this.id = state.id;
    this.commit = state.commit;
    this.textBytes = state.textBytes;
    this.limits = state.limits;
    this.shell = shell;
    this.loadPristine = loadPristine;
  }

  async listFiles(path: string): Promise<FileEntry[]> {
    return lost(this.shell.ask({ do: "list", path: insideRepo(path) }, FILE_MS));
  }

  async readFile(path: string): Promise<FileContent> {
    return lost(this.shell.ask({ do: "read", path: insideRepo(path) }, FILE_MS));
  }

  async writeFile(path: string, content: string, encoding: "utf8" | "base64" = "utf8"): Promise<{ sizeBytes: number }> {
    const relative = insideRepo(path);
    if (relative === "") throw wrongPath("The path must name a file.");
    return lost(this.shell.ask({ do: "write", path: relative, data: Buffer.from(content, encoding) }, FILE_MS));
  }

  async exec(command: string, options: { cwd?: string; timeoutMs?: number } = {}): Promise<ExecResult> {
    checkCommand(command);
    const timeoutMs = Math.min(options.timeoutMs ?? this.limits.commandMs, this.limits.commandMs);
    const cwd = absoluteInRepo(insideRepo(options.cwd ?? "", "cwd"));
    const started = performance.now();
    const { signal: closed } = this.closing;
    refuseClosed(closed);
    try {
      return await this.shell.ask(
        { do: "exec", command, cwd, timeoutMs, outputBytes: this.limits.outputBytes },
        timeoutMs,
        closed,
      );
    } catch (error) {
      if (!(error instanceof ShellFailed)) throw error;
      if (closed.aborted) return endedByClose(Math.round(performance.now() - started));
      // A loop that never looked at the clock, or memory run out: the process is gone, the last saved files are not.
      const stderr = error.timedOut
        ? ""
        : "The virtual shell stopped: the command needed too much, or failed inside.\n";
      const durationMs = Math.round(performance.now() - started);
      return { exitCode: 137, stdout: "", stderr, durationMs, timedOut: error.timedOut, truncated: false };
    }
  }

  /** What the command that is ended had changed is lost: its process had not answered yet. */
  async close(): Promise<void> {
    this.closing.abort();
  }

  async reopen(): Promise<void> {
    if (this.closing.signal.aborted) this.closing = new AbortController();
  }

  async diff(): Promise<WorkspaceDiff> {
    return lost(this.shell.ask({ do: "diff", pristine: await this.loadPristine() }, DIFF_MS));
  }

  async pristine(): Promise<PristineTree> {
    const files = (await this.loadPristine()).filter((file) => file.mode !== "symlink");
    const byPath = new Map(files.map(({ path, data }) => [path, Buffer.from(data)]));
    const paths = new Map<string, { bytes: number; lines?: number }>();
    for (const [path, data] of byPath) {
      const lines = countLines(data);
      paths.set(path, lines === null ? { bytes: data.length } : { bytes: data.length, lines });
    }
    return {
      paths,
      readText: async (path) => {
        const data = byPath.get(path);
        if (data === undefined || data.length > MAX_READ_BYTES || paths.get(path)?.lines === undefined) return null;
        return data.toString();
      },
    };
  }

  end(): Promise<void> {
    return this.shell.end();
  }
}

async function lost<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (!(error instanceof ShellFailed)) throw error;
    throw new CityError("UNAVAILABLE", "The sandbox did not answer.", { log: { reason: error.message }, cause: error });
  }
}
