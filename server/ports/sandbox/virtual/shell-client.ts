/** The server's end of the process that holds one virtual sandbox. */
import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import { CityError, ERROR_CODES, type ErrorCode } from "../../../kernel/errors.ts";
import { refuseClosed } from "../commands.ts";
import type { Answers, Ask, Reply } from "./protocol.ts";

export type ShellOptions = {
  /** The one folder the process may write. */
  readonly folder: string;
  readonly maxBytes: number;
  readonly maxFiles: number;
  readonly memoryBytes: number;
};

/** The process failed, rather than refused: it died, ran too long, or met something it did not expect. */
export class ShellFailed extends Error {
  override readonly name = "ShellFailed";
  readonly timedOut: boolean;

  constructor(message: string, timedOut: boolean) {
    super(message);
    this.timedOut = timedOut;
  }
}

const PROGRAM = join(import.meta.dirname, "shell-process.ts");
const PROJECT = join(import.meta.dirname, "../../../..");
const IDLE_MS = 60_000;
/** Starting the process and its interpreter. */
const START_MS = 15_000;

/** Asks one thing at a time; starts the process when needed and ends it when idle. What it holds is saved each time. */
export class ShellClient {
  private readonly options: ShellOptions;
  private child: ChildProcess | null = null;
  private idle: NodeJS.Timeout | undefined;
  private last: Promise<unknown> = Promise.resolve();
  private asked = 0;
  private ended = false;

  constructor(options: ShellOptions) {
    this.options = options;
  }

  /**
   * @param timeoutMs after which the process is killed; what it changed since the last answer is then lost.
   * @param signal kills it too; what waits for its turn is then never sent.
   * @throws CityError for a refusal, ShellFailed when the process did not answer.
   */
  ask<K extends Ask["do"]>(ask: Extract<Ask, { do: K }>, timeoutMs: number, signal?: AbortSignal): Promise<Answers[K]> {
    const turn = this.last.then(() => this.send(ask, timeoutMs, signal)) as Promise<Answers[K]>;
    this.last = turn.catch(() => undefined);
    return turn;
  }

  /** Kills the process. Nothing can be asked afterwards. */
  async end(): Promise<void> {
    this.ended = true;
    await this.kill();
  }

  private async send(ask: Ask, timeoutMs: number, signal?: AbortSignal): Promise<unknown> {
    if (this.ended) throw new CityError("UNAVAILABLE", "The sandbox has been destroyed.");
    if (signal) refuseClosed(signal);
    clearTimeout(this.idle);
    const child = this.running();
    const id = ++this.asked;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const timer = setTimeout(
      () => reject(new ShellFailed("The virtual shell did not answer in time.", true)),
      timeoutMs + START_MS,
    );
    const onAbort = () => reject(new ShellFailed("The command was ended.", false));
    signal?.addEventListener("abort", onAbort, { once: true });
    const onExit = () => reject(new ShellFailed("The virtual shell ended.", false));
    const onMessage = (reply: Reply) => {
      if (reply.id !== id) return;
      if (reply.ok) resolve(reply.value);
      else if (reply.code in ERROR_CODES) {
        reject(new CityError(reply.code as ErrorCode, reply.message, reply.details && { details: reply.details }));
      } else reject(new ShellFailed(reply.message, false));
    };
    child.on("message", onMessage);
    child.once("exit", onExit);
    child.send({ id, ask });
    try {
      return await promise;
    } catch (error) {
      if (!(error instanceof CityError)) await this.kill();
      throw error;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      child.off("message", onMessage);
      child.off("exit", onExit);
      this.idle = setTimeout(() => void this.kill(), IDLE_MS);
      this.idle.unref();
    }
  }

  private running(): ChildProcess {
    if (this.child !== null && this.child.exitCode === null && this.child.signalCode === null) return this.child;
    const { folder, maxBytes, maxFiles, memoryBytes } = this.options;
    this.child = fork(PROGRAM, [join(folder, "work.bin"), String(maxBytes), String(maxFiles)], {
      env: {} as NodeJS.ProcessEnv,
      cwd: folder,
      serialization: "advanced",
      stdio: ["ignore", "ignore", "ignore", "ipc"],
      execArgv: [
        "--permission",
        ...["server", "node_modules", "package.json"].map((name) => `--allow-fs-read=${join(PROJECT, name)}`),
        `--allow-fs-read=${folder}`,
        `--allow-fs-write=${folder}`,
        `--max-old-space-size=${Math.ceil(memoryBytes / 1024 / 1024)}`,
        "--disable-warning=ExperimentalWarning",
        "--disable-warning=SecurityWarning",
      ],
    });
    // It must not keep the server from stopping.
    this.child.unref();
    this.child.channel?.unref();
    this.child.on("error", () => undefined);
    return this.child;
  }

  private async kill(): Promise<void> {
    clearTimeout(this.idle);
    const { child } = this;
    this.child = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await gone;
  }
}
