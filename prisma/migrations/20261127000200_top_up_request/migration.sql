-- A client that got no answer asks again under the same Idempotency-Key: the second try goes on with the first one's
-- top-up. A row of its own would be charged under a key of its own, that is, twice.
ALTER TABLE top_up ADD COLUMN request_key text;
CREATE UNIQUE INDEX top_up_request ON top_up (request_key) WHERE status NOT IN ('failed', 'expired');
