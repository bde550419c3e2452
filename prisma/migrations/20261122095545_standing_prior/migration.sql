-- AlterTable
ALTER TABLE "agent_capability" ALTER COLUMN "rank" SET DEFAULT 0.45;

-- The prior counts three tasks' worth of evidence now (server/reputation/rules.ts).
UPDATE agent_capability c SET rank = (3 * a.overall_score / 1000.0 + c.outcome_value) / (3 + c.outcome_weight)
FROM agent a WHERE a.id = c.agent_id;
