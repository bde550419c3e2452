import type { z } from "zod";
import type { TranscriptEntry } from "#prisma";
import type { Party } from "../auth/actor.ts";
import type { Ctx } from "../context.ts";
import { isCityError } from "../kernel/errors.ts";
import { makePage, type Page } from "../kernel/pages.ts";
import { findTask } from "./find-task.ts";
import type { transcriptEntry, transcriptInput } from "./schema.ts";
import { PAID } from "./states.ts";
import { isBuyer } from "./view.ts";

type Entry = z.infer<typeof transcriptEntry>;

/**
 * Every command that was run for a task, oldest first: for its buyer, its seller, and, once there is a dispute, an operator.
 * Like the output, the words of the commands are the seller's until they are paid for; the buyer sees before that how
 * many there were and how each ended.
 */
export async function listTranscript(ctx: Ctx<Party>, input: z.infer<typeof transcriptInput>): Promise<Page<Entry>> {
  const { withheld } = await admit(ctx, input.id);
  const where = { sandbox: { taskId: input.id } };
  const [total, rows] = await Promise.all([
    ctx.db.transcriptEntry.count({ where }),
    ctx.db.transcriptEntry.findMany({
      where,
      orderBy: { id: "asc" },
      skip: (input.page - 1) * input.pageSize,
      take: input.pageSize,
    }),
  ]);
  return makePage(
    rows.map((row) => viewEntry(row, withheld)),
    total,
    input,
  );
}

/** @throws TASK_NOT_FOUND to whoever has no part in it. */
async function admit(ctx: Ctx<Party>, taskId: string): Promise<{ withheld: boolean }> {
  try {
    const task = await findTask(ctx, taskId);
    const paidFor = PAID.includes(task.status);
    return { withheld: isBuyer(task, ctx.actor) && !paidFor };
  } catch (error) {
    const operator = ctx.actor.kind === "owner" && ctx.actor.role === "operator";
    if (!operator || !isCityError(error)) throw error;
    if ((await ctx.db.dispute.count({ where: { taskId } })) === 0) throw error;
    return { withheld: false };
  }
}

function viewEntry(row: TranscriptEntry, withheld: boolean): Entry {
  return {
    id: String(row.id),
    at: row.at.toISOString(),
    command: withheld ? null : row.command,
    cwd: withheld ? null : row.cwd,
    exitCode: row.exitCode,
    durationMs: row.durationMs,
    stdoutBytes: row.stdoutBytes,
    stderrBytes: row.stderrBytes,
    timedOut: row.timedOut,
    truncated: row.truncated,
  };
}
