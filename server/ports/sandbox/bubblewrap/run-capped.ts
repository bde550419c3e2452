/** Runs a program with a bound on its time and on what is kept of its output; the server's memory stays flat. */
import { spawn } from "node:child_process";
import type { ProgramRun } from "../sealed/program.ts";

export type CappedOptions = {
  readonly timeoutMs: number;
  /** Bytes kept of each stream; the rest is read and dropped. */
  readonly outputBytes: number;
  readonly input?: Buffer;
  /** User and group id to run under; the server's own when absent. */
  readonly uid?: number | undefined;
  /** Nothing but PATH when absent: the process table of the seal must not show the server's secrets. */
  readonly env?: NodeJS.ProcessEnv | undefined;
};

const CLEAN_ENVIRONMENT = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" } as unknown as NodeJS.ProcessEnv;
/** A program that goes on writing after this is ended: reading it for ever would keep the server busy. */
const FLOOD_BYTES = 64 * 1024 * 1024;
const SIGNAL_NUMBERS: Readonly<Record<string, number>> = { SIGHUP: 1, SIGINT: 2, SIGABRT: 6, SIGKILL: 9, SIGTERM: 15 };

/**
 * @param ending kills the program.
 * @throws when the program cannot be started at all.
 */
export function runCapped(
  program: string,
  args: readonly string[],
  options: CappedOptions,
  ending?: AbortSignal,
): Promise<ProgramRun> {
  const { promise, resolve, reject } = Promise.withResolvers<ProgramRun>();
  const started = performance.now();
  const child = spawn(program, args, {
    env: options.env ?? CLEAN_ENVIRONMENT,
    cwd: "/",
    ...(options.uid !== undefined && { uid: options.uid, gid: options.uid }),
    stdio: [options.input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
  });
  let timedOut = false;
  let flooded = false;
  const kill = () => child.kill("SIGKILL");
  const timer = setTimeout(() => {
    timedOut = true;
    kill();
  }, options.timeoutMs);
  ending?.addEventListener("abort", kill, { once: true });
  if (ending?.aborted) kill();

  const keep = (stream: NodeJS.ReadableStream | null) => {
    const kept = { chunks: [] as Buffer[], bytes: 0, seen: 0 };
    stream?.on("data", (chunk: Buffer) => {
      kept.seen += chunk.length;
      const room = options.outputBytes - kept.bytes;
      if (room > 0) {
        // Copied, because a slice would keep the whole chunk alive.
        kept.chunks.push(chunk.length <= room ? chunk : Buffer.from(chunk.subarray(0, room)));
        kept.bytes += Math.min(room, chunk.length);
      }
      if (kept.seen > FLOOD_BYTES && !flooded) {
        flooded = true;
        kill();
      }
    });
    return kept;
  };
  const out = keep(child.stdout);
  const err = keep(child.stderr);
  if (child.stdin !== null && options.input !== undefined) {
    // The program may end before it has read everything; its exit code tells.
    child.stdin.on("error", () => undefined);
    child.stdin.end(options.input);
  }

  const finish = () => {
    clearTimeout(timer);
    ending?.removeEventListener("abort", kill);
  };
  child.on("error", (error) => {
    finish();
    reject(error);
  });
  child.on("close", (code, signal) => {
    finish();
    resolve({
      exitCode: timedOut ? 137 : (code ?? 128 + (SIGNAL_NUMBERS[signal ?? ""] ?? 9)),
      stdout: Buffer.concat(out.chunks),
      stderr: Buffer.concat(err.chunks),
      durationMs: Math.round(performance.now() - started),
      timedOut,
      truncated: flooded || out.seen > out.bytes || err.seen > err.bytes,
    });
  });
  return promise;
}
