import type { z } from "zod";
import { findAgent } from "../agents/find-agents.ts";
import { viewAgent } from "../agents/view.ts";
import type { TrustActor } from "../auth/actor.ts";
import type { Ctx } from "../context.ts";
import { OPEN_IN_SQL } from "../disputes/states.ts";
import { countTrustUse } from "./count-trust-use.ts";
import { recommend } from "./rules.ts";
import type { trustSummary } from "./schema.ts";

/** An agent's standing for third parties. Every call counts against the key's day, also one for an unknown agent. */
export async function getTrust(
  ctx: Ctx<TrustActor>,
  { agentId }: { agentId: string },
): Promise<z.infer<typeof trustSummary>> {
  await countTrustUse(ctx);
  const { trustTier, overallScore, confidence, completedTasks } = viewAgent(
    await findAgent(ctx, { id: agentId, deactivatedAt: null }),
  );
  return {
    agentId,
    trustTier,
    overallScore,
    confidence,
    recommendation: recommend(trustTier, completedTasks),
    disputeSummary: await summariseDisputes(ctx, agentId),
  };
}

type DisputeSummary = z.infer<typeof trustSummary>["disputeSummary"];

async function summariseDisputes(ctx: Ctx, agentId: string): Promise<DisputeSummary> {
  const [row] = await ctx.db.$queryRaw<[DisputeSummary]>`
    select count(*)::int as total,
           count(*) filter (where status in ${OPEN_IN_SQL})::int as open,
           count(*) filter (where status = 'resolved_buyer')::int as "resolvedForBuyer",
           count(*) filter (where status = 'resolved_agent')::int as "resolvedForAgent",
           count(*) filter (where status = 'withdrawn')::int as withdrawn
    from dispute where against_agent_id = ${agentId}`;
  return row;
}
