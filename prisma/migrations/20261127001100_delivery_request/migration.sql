-- A seller that got no answer delivers, or appeals, again under the same Idempotency-Key: by it the city knows its own work.
ALTER TABLE task ADD COLUMN delivery_request text, ADD COLUMN appeal_request text;
