/** The server's end of the launcher, which starts every sealed program. One a server: it knows nothing of sandboxes. */
import { type ChildProcess, fork } from "node:child_process";
import { CityError } from "../../../kernel/errors.ts";
import type { ProgramRun } from "../sealed/program.ts";
import { type CappedOptions, runCapped } from "./run-capped.ts";
import type { Tree } from "./write-tree.ts";

export type Ask =
  | {
      readonly id: number;
      readonly do: "run";
      readonly program: string;
      readonly args: readonly string[];
      readonly options: CappedOptions;
    }
  | { readonly id: number; readonly do: "write tree"; readonly tree: Tree }
  /** Kills the program of the question `which`. */
  | { readonly id: number; readonly do: "end"; readonly which: number };

export type Reply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: string; readonly code: string | undefined };

type Question = Ask extends infer A ? (A extends Ask ? Omit<A, "id"> : never) : never;
type Waiting = { resolve(value: unknown): void; reject(error: Error): void };

/** Input beyond this is not copied into the launcher: unpacking it takes far longer than a slow start. */
const MAX_PASSED_BYTES = 1024 * 1024;
const PROGRAM = new URL("./launcher-process.ts", import.meta.url);

export class Launcher {
  private child: ChildProcess | null = null;
  private readonly waiting = new Map<number, Waiting>();
  private asked = 0;

  /**
   * Runs a program to its end; see `runCapped`.
   * @param signal kills it.
   * @throws when it cannot be started at all; UNAVAILABLE when the launcher was killed meanwhile.
   */
  async run(
    program: string,
    args: readonly string[],
    options: CappedOptions,
    signal?: AbortSignal,
  ): Promise<ProgramRun> {
    if ((options.input?.length ?? 0) > MAX_PASSED_BYTES) return runCapped(program, args, options, signal);
    const { id, answer } = this.ask({ do: "run", program, args, options });
    const end = () => void this.ask({ do: "end", which: id }).answer.catch(() => undefined);
    if (signal?.aborted) end();
    signal?.addEventListener("abort", end, { once: true });
    try {
      return (await answer) as ProgramRun;
    } finally {
      signal?.removeEventListener("abort", end);
    }
  }

  /** @throws the file system's error, with its `code`. */
  async writeTree(tree: Tree): Promise<void> {
    await this.ask({ do: "write tree", tree }).answer;
  }

  private ask(question: Question): { id: number; answer: Promise<unknown> } {
    const id = ++this.asked;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const child = this.running();
    this.waiting.set(id, { resolve, reject });
    // The server may not end while it waits for an answer, and may while it does not.
    child.channel?.ref();
    child.send({ id, ...question });
    return { id, answer: promise };
  }

  private running(): ChildProcess {
    if (this.child !== null) return this.child;
    const child = fork(PROGRAM, [], {
      // Programs are started with this environment: the process table of a seal must not show the server's secrets.
      env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" } as unknown as NodeJS.ProcessEnv,
      cwd: "/",
      execArgv: ["--disable-warning=ExperimentalWarning"],
      serialization: "advanced",
      stdio: ["ignore", "ignore", "inherit", "ipc"],
      // A process group of its own: bubblewrap dies with its parent, but not yet in its first moments, so whoever is
      // left ends the group. Ctrl-C does not reach it: the server first finishes what it has begun.
      detached: true,
    });
    child.unref();
    child.on("message", (reply: Reply) => this.settle(reply));
    const lost = () => {
      if (this.child !== child) return;
      this.child = null;
      endGroup(child.pid);
      const waiting = [...this.waiting.values()];
      this.waiting.clear();
      for (const { reject } of waiting) reject(new CityError("UNAVAILABLE", "The program was interrupted. Try again."));
    };
    child.once("exit", lost);
    child.on("error", lost);
    this.child = child;
    return child;
  }

  private settle(reply: Reply): void {
    const waiting = this.waiting.get(reply.id);
    this.waiting.delete(reply.id);
    if (this.waiting.size === 0) this.child?.channel?.unref();
    if ("error" in reply) waiting?.reject(Object.assign(new Error(reply.error), reply.code && { code: reply.code }));
    else waiting?.resolve(reply.value);
  }
}

function endGroup(leader: number | undefined): void {
  try {
    if (leader !== undefined) process.kill(-leader, "SIGKILL");
  } catch {
    // Nobody is left in it.
  }
}

/** The launcher of this process. */
export const launcher = new Launcher();
