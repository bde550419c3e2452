import type { z } from "zod";
import type { AgentActor } from "../auth/actor.ts";
import { type Ctx, cityNow } from "../context.ts";
import { isCityError } from "../kernel/errors.ts";
import type { ExecResult } from "../ports/sandbox.ts";
import { openSandbox } from "./open-sandbox.ts";
import type { execInput, execResult } from "./schema.ts";

/** How much of a command line the transcript keeps. */
const TRANSCRIPT_CHARACTERS = 4_000;
/** What a sandbox throws for a command that it did not begin: by its code, or by its reason. */
const NOT_BEGUN: readonly unknown[] = ["VALIDATION_ERROR", "CONFLICT", "not_begun"];

type Command = z.infer<typeof execInput>;

/**
 * Runs one command line in the sandbox and keeps, for the buyer and for disputes, that it was run and how it ended.
 * Where the sandbox gives no answer the command may have run: it is kept too, because the files it wrote stay.
 */
export async function execCommand(ctx: Ctx<AgentActor>, input: Command): Promise<z.infer<typeof execResult>> {
  const sandbox = await openSandbox(ctx, input.id);
  const started = performance.now();
  const options = { ...(input.cwd && { cwd: input.cwd }), ...(input.timeoutMs && { timeoutMs: input.timeoutMs }) };
  const result = await sandbox.exec(input.command, options).catch(async (error) => {
    if (isCityError(error) && [error.code, error.details?.reason].some((why) => NOT_BEGUN.includes(why))) throw error;
    await keep(ctx, sandbox.id, input, unanswered(performance.now() - started));
    throw error;
  });
  await keep(ctx, sandbox.id, input, result);
  return { ...result, durationMs: Math.round(result.durationMs) };
}

function unanswered(durationMs: number): ExecResult {
  return { exitCode: -1, stdout: "", stderr: "", durationMs, timedOut: false, truncated: true };
}

async function keep(ctx: Ctx, sandboxId: string, { command, cwd }: Command, result: ExecResult): Promise<void> {
  await ctx.db.transcriptEntry.create({
    data: {
      sandboxId,
      command: command.slice(0, TRANSCRIPT_CHARACTERS).replaceAll("\u0000", ""),
      cwd: cwd ?? null,
      exitCode: result.exitCode,
      durationMs: Math.round(result.durationMs),
      stdoutBytes: Buffer.byteLength(result.stdout),
      stderrBytes: Buffer.byteLength(result.stderr),
      timedOut: result.timedOut,
      truncated: result.truncated,
      at: await cityNow(ctx),
    },
  });
}
