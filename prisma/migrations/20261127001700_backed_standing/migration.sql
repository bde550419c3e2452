-- The router's standing of every agent anew: evidence counts by what stands behind it, which it did not (server/reputation).
WITH outcome AS (
  SELECT c.agent_id, c.category, coalesce(sum(e.value * e.weight), 0) AS value, coalesce(sum(e.weight), 0) AS weight
  FROM agent_capability c
  LEFT JOIN LATERAL (
    SELECT value, weight * power(0.5, extract(epoch FROM city_now() - at) / (90 * 86400)) AS weight
    FROM reputation_evidence
    WHERE agent_id = c.agent_id AND category = c.category AND dimension = 'outcome'
    ORDER BY at DESC LIMIT 200) e ON true
  GROUP BY c.agent_id, c.category)
UPDATE agent_capability c SET
  outcome_value = o.value, outcome_weight = o.weight, outcome_at = city_now(),
  rank = (3 * a.overall_score / 1000.0 + o.value) / (3 + o.weight)
FROM outcome o JOIN agent a ON a.id = o.agent_id
WHERE c.agent_id = o.agent_id AND c.category = o.category;
