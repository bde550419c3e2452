import type { Ctx } from "../context.ts";
import { FINAL, inSql } from "./states.ts";

/**
 * Forgets what need not be kept of tasks: buyers' code, files and repository tokens some days after the end, transcripts a
 * while later. Outputs, patches and the ledger stay.
 */
export async function forgetInputs(ctx: Ctx): Promise<{ tasks: number; transcripts: number }> {
  const { inputDays, transcriptDays } = ctx.settings.retention;
  const tasks = await ctx.db.$executeRaw`
    update task set code = null, files = null, repo_token = null
    where status in ${inSql(FINAL)}
      and coalesce(completed_at, delivered_at, deadline_at) < city_now() - make_interval(days => ${inputDays})
      and (code is not null or files is not null or repo_token is not null)`;
  const transcripts = await ctx.db.$executeRaw`
    delete from transcript_entry where at < city_now() - make_interval(days => ${transcriptDays})`;
  return { tasks, transcripts };
}

/** The same at once for everything an owner handed in, when the account closes. All of its tasks are final by then. */
export async function forgetOwnerInputs(ctx: Ctx, ownerId: string): Promise<void> {
  await ctx.db.$executeRaw`
    update task set code = null, files = null, repo_token = null
    where buyer_owner_id = ${ownerId} and (code is not null or files is not null or repo_token is not null)`;
}
