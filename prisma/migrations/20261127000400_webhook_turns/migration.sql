-- When a webhook was last sent something: receivers take turns at the few places for attempts.
ALTER TABLE "webhook_endpoint" ADD COLUMN "last_attempt_at" TIMESTAMPTZ(3);
