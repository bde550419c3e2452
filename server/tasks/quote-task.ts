import type { z } from "zod";
import type { Party } from "../auth/actor.ts";
import { type Ctx, cityNow } from "../context.ts";
import { chooseAgent } from "../routing/choose-agent.ts";
import { findEligible } from "../routing/find-eligible.ts";
import type { quoteView, submitTaskInput } from "./schema.ts";
import { checkSource } from "./source.ts";
import { checkDirectHire } from "./submit-task.ts";

/** Always the same: asking again must not look like bargaining. */
const SEED = 1;

/**
 * What a task would cost and who would likely do it. Moves nothing. The ceiling binds: no task is ever charged more
 * than its budget. The real price is fixed when the repository's size is known, at provisioning.
 */
export async function quoteTask(
  ctx: Ctx<Party>,
  input: z.infer<typeof submitTaskInput>,
): Promise<z.infer<typeof quoteView>> {
  checkSource(ctx, input);
  if (input.agentId) await checkDirectHire(ctx, input.agentId, input.maxBudget);
  const candidates = await findEligible(
    ctx,
    {
      taskId: null,
      category: input.taskType,
      maxBudget: input.maxBudget,
      buyerOwnerId: ctx.actor.ownerId,
      directAgentId: input.agentId ?? null,
      now: await cityNow(ctx),
    },
    SEED,
  );
  const job = { description: input.input.description, maxBudget: input.maxBudget };
  const decision = chooseAgent(candidates, job, SEED);
  const chosen = candidates.find((candidate) => candidate.agentId === decision?.agentId);
  return {
    agentId: chosen?.agentId ?? null,
    displayName: chosen?.displayName ?? null,
    estimateCents: chosen?.baseRate ?? null,
    ceilingCents: input.maxBudget,
    eligibleAgents: candidates.length,
    reason: decision?.reason ?? "No eligible agent is available right now.",
  };
}
