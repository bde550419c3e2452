/** Runs sealed commands in one E2B machine, through the service that E2B keeps in it. */
import { randomBytes } from "node:crypto";
import {
  CommandExitError,
  type CommandResult,
  type Sandbox as Machine,
  NotEnoughSpaceError,
  NotFoundError,
  RateLimitError,
} from "e2b";
import { CityError } from "../../../kernel/errors.ts";
import type { SandboxLimits } from "../../sandbox.ts";
import { notBegun } from "../commands.ts";
import type { Program, ProgramRun } from "../sealed/program.ts";
import { CITY_FOLDER, CLOSE, PREPARE, REOPEN, type RunKind, sealScript } from "./seal-script.ts";

/** What a command may take beyond its own time: starting, and bringing its output here. */
const TRAVEL_MS = 30_000;
const KILLED = 137;

export class RemoteSeal {
  private readonly machine: Machine;

  constructor(machine: Machine) {
    this.machine = machine;
  }

  get machineId(): string {
    return this.machine.sandboxId;
  }

  /**
   * Runs the command sealed and waits for it. Everything it started is gone when this returns.
   * @throws UNAVAILABLE when the machine does not answer, or its seal did not stand; the command has then not begun.
   */
  async run(command: Program, limits: SandboxLimits, kind: RunKind): Promise<ProgramRun> {
    const input = command.input === undefined ? null : `in-${randomBytes(8).toString("hex")}`;
    if (input !== null && command.input !== undefined) await this.put(`${CITY_FOLDER}/${input}`, command.input);
    const { stdout } = await this.asRoot(sealScript(command, limits, { kind, input }), command.timeoutMs + TRAVEL_MS);
    const [out = "", err = "", end = ""] = stdout.split("\n");
    const [exitCode, durationMs, sealed] = end.split(" ");
    if (sealed !== "sealed") {
      const log = { stderr: Buffer.from(err, "base64").toString().slice(0, 500) };
      throw notBegun("The seal inside the sandbox's machine failed to start.", log);
    }
    const [keptOut, keptErr] = [out, err].map((text) => Buffer.from(text, "base64"));
    const cut = (bytes: Buffer | undefined) => (bytes ?? Buffer.alloc(0)).subarray(0, command.outputBytes);
    const longer = (bytes: Buffer | undefined) => (bytes?.length ?? 0) > command.outputBytes;
    return {
      exitCode: Number(exitCode),
      stdout: cut(keptOut),
      stderr: cut(keptErr),
      durationMs: Number(durationMs),
      timedOut: Number(exitCode) === KILLED && Number(durationMs) >= command.timeoutMs,
      truncated: longer(keptOut) || longer(keptErr),
    };
  }

  /** Ends every command of the seller's in this machine and lets none begin, whichever server starts it. */
  async close(): Promise<void> {
    await this.asRoot(CLOSE);
  }

  async reopen(): Promise<void> {
    await this.asRoot(REOPEN);
  }

  /** Lays out our folders in a new machine, before anything foreign is in it. */
  async prepare(): Promise<void> {
    const { exitCode, stderr } = await this.asRoot(PREPARE);
    if (exitCode === 0) return;
    throw new CityError("UNAVAILABLE", "The sandbox's machine could not be prepared.", { log: { stderr } });
  }

  /** Runs a script of ours as the machine's root, outside the seal. */
  async asRoot(script: string, timeoutMs = TRAVEL_MS): Promise<CommandResult> {
    try {
      return await this.machine.commands.run(script, {
        user: "root",
        cwd: "/",
        timeoutMs,
        requestTimeoutMs: TRAVEL_MS,
      });
    } catch (error) {
      if (error instanceof CommandExitError) return error;
      throw machineFailed(error);
    }
  }

  /** Writes a file of ours, as root. */
  async put(path: string, content: Buffer): Promise<void> {
    const bytes = content.buffer.slice(content.byteOffset, content.byteOffset + content.byteLength) as ArrayBuffer;
    try {
      await this.machine.files.write(path, bytes, { user: "root", requestTimeoutMs: 2 * TRAVEL_MS });
    } catch (error) {
      throw machineFailed(error);
    }
  }

  /** Reads a file of ours, as root. Null when there is none. */
  async get(path: string): Promise<string | null> {
    try {
      return await this.machine.files.read(path, { user: "root", requestTimeoutMs: TRAVEL_MS });
    } catch (error) {
      if (error instanceof NotFoundError) return null;
      throw machineFailed(error);
    }
  }
}

/** The error that callers know for one of E2B's. */
export function machineFailed(error: unknown): CityError {
  if (error instanceof NotEnoughSpaceError)
    return new CityError("VALIDATION_ERROR", "The sandbox is full.", { cause: error });
  if (error instanceof RateLimitError) {
    return new CityError("UNAVAILABLE", "E2B limits the rate of requests.", { retryAfter: 2, cause: error });
  }
  return new CityError("UNAVAILABLE", "The sandbox's machine did not answer.", { retryAfter: 1, cause: error });
}
