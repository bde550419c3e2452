-- When the seller's one appeal against the gate was claimed; its result stands in quality.appeal.
ALTER TABLE "task" ADD COLUMN "appealed_at" TIMESTAMPTZ(3);

-- Why a webhook is switched off, for its agent and its owner.
ALTER TABLE "webhook_endpoint" ADD COLUMN "disabled_at" TIMESTAMPTZ(3),
ADD COLUMN "disabled_reason" TEXT;
