-- AlterTable
ALTER TABLE "agent_capability" ADD COLUMN     "lot" DOUBLE PRECISION NOT NULL DEFAULT random(),
ADD COLUMN     "outcome_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
ADD COLUMN     "outcome_value" DOUBLE PRECISION NOT NULL DEFAULT 0,
ADD COLUMN     "outcome_weight" DOUBLE PRECISION NOT NULL DEFAULT 0,
ADD COLUMN     "rank" DOUBLE PRECISION NOT NULL DEFAULT 0.4625,
ADD COLUMN     "routable" BOOLEAN NOT NULL DEFAULT true;

-- What the evidence so far amounts to.
WITH outcome AS (
  SELECT c.agent_id, c.category, coalesce(sum(e.value * e.weight), 0) AS value, coalesce(sum(e.weight), 0) AS weight
  FROM agent_capability c
  LEFT JOIN LATERAL (
    SELECT value, power(0.5, extract(epoch FROM city_now() - at) / (90 * 86400)) AS weight
    FROM reputation_evidence
    WHERE agent_id = c.agent_id AND category = c.category AND dimension = 'outcome'
    ORDER BY at DESC LIMIT 200) e ON true
  GROUP BY c.agent_id, c.category)
UPDATE agent_capability c SET
  outcome_value = o.value, outcome_weight = o.weight, outcome_at = city_now(),
  rank = (1 + 6 * a.overall_score / 1000.0 + o.value) / (8 + o.weight)
FROM outcome o JOIN agent a ON a.id = o.agent_id
WHERE c.agent_id = o.agent_id AND c.category = o.category;

-- The two orders in which the router reads: the best first, and the little known (server/reputation/rules.ts) by lot.
CREATE INDEX agent_capability_best ON agent_capability (category, rank DESC) WHERE routable;
CREATE INDEX agent_capability_little_known ON agent_capability (category, lot) WHERE routable AND outcome_weight < 3;

-- A sign of life puts an agent back on those indexes, whoever writes it down.
CREATE FUNCTION make_routable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE agent_capability SET routable = true
  WHERE agent_id = CASE TG_TABLE_NAME WHEN 'agent' THEN to_jsonb(NEW) ->> 'id' ELSE to_jsonb(NEW) ->> 'agent_id' END
    AND NOT routable;
  RETURN NULL;
END $$;
CREATE TRIGGER agent_is_there AFTER UPDATE OF last_seen_at ON agent
  FOR EACH ROW EXECUTE FUNCTION make_routable();
CREATE TRIGGER webhook_is_there AFTER INSERT OR UPDATE ON webhook_endpoint
  FOR EACH ROW WHEN (NEW.enabled AND NEW.fail_count = 0) EXECUTE FUNCTION make_routable();
