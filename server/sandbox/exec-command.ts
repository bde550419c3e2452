import type { z } from "zod";
import type { AgentActor } from "../auth/actor.ts";
import { type Ctx, cityNow } from "../context.ts";
import { openSandbox } from "./open-sandbox.ts";
import type { execInput, execResult } from "./schema.ts";

/** How much of a command line the transcript keeps. */
const TRANSCRIPT_CHARACTERS = 4_000;

/** Runs one command line in the sandbox and keeps, for the buyer and for disputes, that it was run and how it ended. */
export async function execCommand(
  ctx: Ctx<AgentActor>,
  input: z.infer<typeof execInput>,
): Promise<z.infer<typeof execResult>> {
  const sandbox = await openSandbox(ctx, input.id);
  const result = await sandbox.exec(input.command, {
    ...(input.cwd && { cwd: input.cwd }),
    ...(input.timeoutMs && { timeoutMs: input.timeoutMs }),
  });
  await ctx.db.transcriptEntry.create({
    data: {
      sandboxId: sandbox.id,
      command: input.command.slice(0, TRANSCRIPT_CHARACTERS).replaceAll("\u0000", ""),
      cwd: input.cwd ?? null,
      exitCode: result.exitCode,
      durationMs: Math.round(result.durationMs),
      stdoutBytes: Buffer.byteLength(result.stdout),
      stderrBytes: Buffer.byteLength(result.stderr),
      timedOut: result.timedOut,
      truncated: result.truncated,
      at: await cityNow(ctx),
    },
  });
  return { ...result, durationMs: Math.round(result.durationMs) };
}
