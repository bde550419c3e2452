-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateEnum
CREATE TYPE "dimension" AS ENUM ('outcome', 'relationship', 'economic', 'reliability');

-- CreateEnum
CREATE TYPE "framework" AS ENUM ('crewai', 'langgraph', 'openclaw', 'autogen', 'adk', 'openai', 'custom');

-- CreateEnum
CREATE TYPE "model_tier" AS ENUM ('budget', 'standard', 'premium');

-- CreateEnum
CREATE TYPE "availability" AS ENUM ('available', 'busy', 'offline');

-- CreateEnum
CREATE TYPE "trust_tier" AS ENUM ('provisional', 'established', 'trusted', 'elite');

-- CreateEnum
CREATE TYPE "task_category" AS ENUM ('code_review', 'security', 'bug_fix', 'testing', 'code_generation', 'refactor', 'devops', 'data_analysis', 'research', 'content_creation', 'design', 'general');

-- CreateEnum
CREATE TYPE "owner_role" AS ENUM ('owner', 'operator');

-- CreateEnum
CREATE TYPE "top_up_kind" AS ENUM ('checkout', 'saved_card', 'auto');

-- CreateEnum
CREATE TYPE "top_up_status" AS ENUM ('pending', 'paid', 'failed', 'expired', 'charged_back');

-- CreateEnum
CREATE TYPE "withdrawal_status" AS ENUM ('requested', 'processing', 'paid', 'failed');

-- CreateEnum
CREATE TYPE "dispute_reason" AS ENUM ('quality_below_spec', 'incomplete', 'wrong_scope', 'fabricated_content', 'security_issue', 'other');

-- CreateEnum
CREATE TYPE "dispute_status" AS ENUM ('open', 'under_review', 'resolved_buyer', 'resolved_agent', 'withdrawn');

-- CreateEnum
CREATE TYPE "task_status" AS ENUM ('submitted', 'routing', 'executing', 'quality_check', 'completed', 'refunded', 'failed');

-- CreateEnum
CREATE TYPE "failure_reason" AS ENUM ('no_agent_available', 'agent_unresponsive', 'declined', 'agent_failed', 'execution_timeout', 'repo_unavailable', 'quality_gate', 'cancelled', 'platform_error');

-- CreateEnum
CREATE TYPE "offer_outcome" AS ENUM ('open', 'taken', 'missed', 'declined', 'withdrawn', 'failed');

-- CreateEnum
CREATE TYPE "sandbox_status" AS ENUM ('provisioning', 'ready', 'lost', 'destroyed');

-- CreateEnum
CREATE TYPE "thumb" AS ENUM ('up', 'down');

-- CreateEnum
CREATE TYPE "delivery_status" AS ENUM ('pending', 'delivered', 'exhausted', 'dropped');

-- CreateTable
CREATE TABLE "agent" (
    "id" TEXT NOT NULL,
    "owner_id" TEXT NOT NULL,
    "display_name" TEXT NOT NULL,
    "framework" "framework" NOT NULL,
    "description" TEXT,
    "model" TEXT,
    "model_tier" "model_tier" NOT NULL DEFAULT 'standard',
    "availability" "availability" NOT NULL DEFAULT 'available',
    "base_rate" INTEGER NOT NULL,
    "max_concurrent_tasks" INTEGER NOT NULL DEFAULT 3,
    "key_hash" TEXT NOT NULL,
    "key_display" TEXT NOT NULL,
    "deactivated_at" TIMESTAMPTZ(3),
    "suspended_until" TIMESTAMPTZ(3),
    "last_seen_at" TIMESTAMPTZ(3),
    "missed_offers" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "trust_tier" "trust_tier" NOT NULL DEFAULT 'provisional',
    "overall_score" INTEGER NOT NULL DEFAULT 450,
    "outcome_score" INTEGER NOT NULL DEFAULT 450,
    "relationship_score" INTEGER NOT NULL DEFAULT 450,
    "economic_score" INTEGER NOT NULL DEFAULT 450,
    "reliability_score" INTEGER NOT NULL DEFAULT 450,
    "score_low" INTEGER NOT NULL DEFAULT 150,
    "score_high" INTEGER NOT NULL DEFAULT 750,
    "completed_tasks" INTEGER NOT NULL DEFAULT 0,
    "failed_tasks" INTEGER NOT NULL DEFAULT 0,
    "failures_in_a_row" INTEGER NOT NULL DEFAULT 0,
    "median_minutes" DOUBLE PRECISION,

    CONSTRAINT "agent_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "agent_capability" (
    "agent_id" TEXT NOT NULL,
    "category" "task_category" NOT NULL,
    "tags" TEXT[],

    CONSTRAINT "agent_capability_pkey" PRIMARY KEY ("agent_id","category")
);

-- CreateTable
CREATE TABLE "agent_budget" (
    "agent_id" TEXT NOT NULL,
    "per_task" INTEGER,
    "daily" INTEGER,
    "weekly" INTEGER,
    "monthly" INTEGER,

    CONSTRAINT "agent_budget_pkey" PRIMARY KEY ("agent_id")
);

-- CreateTable
CREATE TABLE "reputation_evidence" (
    "id" TEXT NOT NULL,
    "agent_id" TEXT NOT NULL,
    "task_id" TEXT,
    "category" "task_category" NOT NULL,
    "dimension" "dimension" NOT NULL,
    "value" DOUBLE PRECISION NOT NULL,
    "reason" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "reputation_evidence_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "city_clock" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "offset_ms" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "city_clock_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "owner" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "password_hash" TEXT NOT NULL,
    "role" "owner_role" NOT NULL DEFAULT 'owner',
    "email_verified_at" TIMESTAMPTZ(3),
    "frozen_at" TIMESTAMPTZ(3),
    "closed_at" TIMESTAMPTZ(3),
    "stripe_customer_id" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "owner_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "session" (
    "id" TEXT NOT NULL,
    "owner_id" TEXT NOT NULL,
    "token_hash" TEXT,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "owner_token" (
    "id" TEXT NOT NULL,
    "owner_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "token_hash" TEXT NOT NULL,
    "display" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),
    "last_used_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "owner_token_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "trust_key" (
    "id" TEXT NOT NULL,
    "owner_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "key_hash" TEXT NOT NULL,
    "display" TEXT NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "trust_key_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "trust_key_use" (
    "key_id" TEXT NOT NULL,
    "day" DATE NOT NULL,
    "uses" INTEGER NOT NULL,

    CONSTRAINT "trust_key_use_pkey" PRIMARY KEY ("key_id","day")
);

-- CreateTable
CREATE TABLE "top_up" (
    "id" TEXT NOT NULL,
    "owner_id" TEXT NOT NULL,
    "amount" INTEGER NOT NULL,
    "kind" "top_up_kind" NOT NULL,
    "status" "top_up_status" NOT NULL DEFAULT 'pending',
    "checkout_id" TEXT,
    "checkout_url" TEXT,
    "payment_intent_id" TEXT,
    "returned_cents" INTEGER NOT NULL DEFAULT 0,
    "failure" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "settled_at" TIMESTAMPTZ(3),

    CONSTRAINT "top_up_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "auto_top_up" (
    "owner_id" TEXT NOT NULL,
    "enabled" BOOLEAN NOT NULL DEFAULT false,
    "threshold" INTEGER NOT NULL DEFAULT 1000,
    "reload_amount" INTEGER NOT NULL DEFAULT 5000,
    "monthly_cap" INTEGER,
    "in_flight_id" TEXT,
    "declines" INTEGER NOT NULL DEFAULT 0,
    "disabled_at" TIMESTAMPTZ(3),

    CONSTRAINT "auto_top_up_pkey" PRIMARY KEY ("owner_id")
);

-- CreateTable
CREATE TABLE "connect_account" (
    "owner_id" TEXT NOT NULL,
    "stripe_account_id" TEXT NOT NULL,
    "details_submitted" BOOLEAN NOT NULL DEFAULT false,
    "payouts_enabled" BOOLEAN NOT NULL DEFAULT false,
    "restricted_reason" TEXT,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "connect_account_pkey" PRIMARY KEY ("owner_id")
);

-- CreateTable
CREATE TABLE "withdrawal" (
    "id" TEXT NOT NULL,
    "owner_id" TEXT NOT NULL,
    "amount" INTEGER NOT NULL,
    "sources" JSONB NOT NULL,
    "status" "withdrawal_status" NOT NULL DEFAULT 'requested',
    "transfer_id" TEXT,
    "payout_id" TEXT,
    "failure" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "paid_at" TIMESTAMPTZ(3),

    CONSTRAINT "withdrawal_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "stripe_event" (
    "id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "object_id" TEXT NOT NULL,
    "account" TEXT,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "handled_at" TIMESTAMPTZ(3),

    CONSTRAINT "stripe_event_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "dispute" (
    "id" TEXT NOT NULL,
    "task_id" TEXT NOT NULL,
    "opened_by_owner" TEXT NOT NULL,
    "against_agent_id" TEXT NOT NULL,
    "against_owner" TEXT NOT NULL,
    "reason" "dispute_reason" NOT NULL,
    "description" TEXT NOT NULL,
    "status" "dispute_status" NOT NULL DEFAULT 'open',
    "frozen_cents" INTEGER NOT NULL,
    "respond_by" TIMESTAMPTZ(3) NOT NULL,
    "decide_by" TIMESTAMPTZ(3) NOT NULL,
    "resolution" TEXT,
    "resolved_by" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "resolved_at" TIMESTAMPTZ(3),

    CONSTRAINT "dispute_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "dispute_evidence" (
    "id" TEXT NOT NULL,
    "dispute_id" TEXT NOT NULL,
    "by" TEXT NOT NULL,
    "owner_id" TEXT,
    "text" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "dispute_evidence_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "task" (
    "id" TEXT NOT NULL,
    "task_type" "task_category" NOT NULL,
    "status" "task_status" NOT NULL DEFAULT 'submitted',
    "buyer_owner_id" TEXT NOT NULL,
    "buyer_agent_id" TEXT,
    "direct_agent_id" TEXT,
    "description" TEXT NOT NULL,
    "extra_input" JSONB NOT NULL DEFAULT '{}',
    "repo_url" TEXT,
    "repo_ref" TEXT,
    "repo_token" TEXT,
    "code" TEXT,
    "files" JSONB,
    "paths" TEXT[],
    "allow_tests" BOOLEAN NOT NULL DEFAULT false,
    "max_budget" INTEGER NOT NULL,
    "quoted_cents" INTEGER,
    "credits_charged" INTEGER,
    "fee_cents" INTEGER,
    "agent_id" TEXT,
    "seller_owner_id" TEXT,
    "offer_rate" INTEGER,
    "offer_tier" "model_tier",
    "price_table_version" TEXT,
    "offer_count" INTEGER NOT NULL DEFAULT 0,
    "offered_at" TIMESTAMPTZ(3),
    "commit_by" TIMESTAMPTZ(3),
    "routing" JSONB,
    "deadline_at" TIMESTAMPTZ(3) NOT NULL,
    "routed_at" TIMESTAMPTZ(3),
    "started_at" TIMESTAMPTZ(3),
    "delivered_at" TIMESTAMPTZ(3),
    "completed_at" TIMESTAMPTZ(3),
    "feedback_until" TIMESTAMPTZ(3),
    "escrow_releases_at" TIMESTAMPTZ(3),
    "escrow_released_at" TIMESTAMPTZ(3),
    "output" TEXT,
    "output_details" JSONB,
    "patch" TEXT,
    "patch_truncated" BOOLEAN NOT NULL DEFAULT false,
    "reported_quality_score" INTEGER,
    "reported_execution_time_ms" INTEGER,
    "quality_score" INTEGER,
    "quality" JSONB,
    "failure_reason" "failure_reason",
    "error_message" TEXT,
    "feedback" "thumb",
    "feedback_comment" TEXT,
    "feedback_at" TIMESTAMPTZ(3),
    "refunded_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "task_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "task_offer" (
    "id" TEXT NOT NULL,
    "task_id" TEXT NOT NULL,
    "agent_id" TEXT NOT NULL,
    "offered_at" TIMESTAMPTZ(3) NOT NULL,
    "outcome" "offer_outcome" NOT NULL DEFAULT 'open',
    "ended_at" TIMESTAMPTZ(3),
    "message" TEXT,

    CONSTRAINT "task_offer_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sandbox" (
    "id" TEXT NOT NULL,
    "task_id" TEXT NOT NULL,
    "agent_id" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "status" "sandbox_status" NOT NULL DEFAULT 'provisioning',
    "commit" TEXT,
    "text_bytes" INTEGER,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "ready_at" TIMESTAMPTZ(3),
    "closed_at" TIMESTAMPTZ(3),
    "destroyed_at" TIMESTAMPTZ(3),

    CONSTRAINT "sandbox_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "transcript_entry" (
    "id" BIGSERIAL NOT NULL,
    "sandbox_id" TEXT NOT NULL,
    "command" TEXT NOT NULL,
    "cwd" TEXT,
    "exit_code" INTEGER NOT NULL,
    "duration_ms" INTEGER NOT NULL,
    "stdout_bytes" INTEGER NOT NULL,
    "stderr_bytes" INTEGER NOT NULL,
    "timed_out" BOOLEAN NOT NULL,
    "truncated" BOOLEAN NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "transcript_entry_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "task_event" (
    "id" BIGSERIAL NOT NULL,
    "task_id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "data" JSONB NOT NULL DEFAULT '{}',
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "task_event_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "webhook_endpoint" (
    "agent_id" TEXT NOT NULL,
    "url" TEXT NOT NULL,
    "events" TEXT[],
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "secret" TEXT NOT NULL,
    "secret_prefix" TEXT NOT NULL,
    "previous_secret" TEXT,
    "previous_until" TIMESTAMPTZ(3),
    "fail_count" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "webhook_endpoint_pkey" PRIMARY KEY ("agent_id")
);

-- CreateTable
CREATE TABLE "webhook_delivery" (
    "id" TEXT NOT NULL,
    "agent_id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "status" "delivery_status" NOT NULL DEFAULT 'pending',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_at" TIMESTAMPTZ(3) NOT NULL,
    "last_status" INTEGER,
    "last_error" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "delivered_at" TIMESTAMPTZ(3),

    CONSTRAINT "webhook_delivery_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "delivery_attempt" (
    "id" BIGSERIAL NOT NULL,
    "delivery_id" TEXT NOT NULL,
    "status" INTEGER NOT NULL,
    "body" TEXT,
    "error" TEXT,
    "duration_ms" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "delivery_attempt_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "idempotency_key" (
    "id" TEXT NOT NULL,
    "request_hash" TEXT NOT NULL,
    "status" INTEGER,
    "answer" TEXT,
    "sealed" BOOLEAN NOT NULL DEFAULT false,
    "locked_until" TIMESTAMPTZ(3),
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "idempotency_key_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "agent_key_hash_key" ON "agent"("key_hash");

-- CreateIndex
CREATE INDEX "agent_owner_id_idx" ON "agent"("owner_id");

-- CreateIndex
CREATE INDEX "agent_availability_overall_score_idx" ON "agent"("availability", "overall_score");

-- CreateIndex
CREATE INDEX "agent_capability_category_idx" ON "agent_capability"("category");

-- CreateIndex
CREATE INDEX "reputation_evidence_agent_id_at_idx" ON "reputation_evidence"("agent_id", "at");

-- CreateIndex
CREATE UNIQUE INDEX "reputation_evidence_task_id_agent_id_dimension_reason_key" ON "reputation_evidence"("task_id", "agent_id", "dimension", "reason");

-- CreateIndex
CREATE UNIQUE INDEX "owner_email_key" ON "owner"("email");

-- CreateIndex
CREATE UNIQUE INDEX "owner_stripe_customer_id_key" ON "owner"("stripe_customer_id");

-- CreateIndex
CREATE UNIQUE INDEX "session_token_hash_key" ON "session"("token_hash");

-- CreateIndex
CREATE INDEX "session_owner_id_idx" ON "session"("owner_id");

-- CreateIndex
CREATE UNIQUE INDEX "owner_token_token_hash_key" ON "owner_token"("token_hash");

-- CreateIndex
CREATE INDEX "owner_token_owner_id_idx" ON "owner_token"("owner_id");

-- CreateIndex
CREATE UNIQUE INDEX "trust_key_key_hash_key" ON "trust_key"("key_hash");

-- CreateIndex
CREATE INDEX "trust_key_owner_id_idx" ON "trust_key"("owner_id");

-- CreateIndex
CREATE UNIQUE INDEX "top_up_checkout_id_key" ON "top_up"("checkout_id");

-- CreateIndex
CREATE UNIQUE INDEX "top_up_payment_intent_id_key" ON "top_up"("payment_intent_id");

-- CreateIndex
CREATE INDEX "top_up_owner_id_created_at_idx" ON "top_up"("owner_id", "created_at");

-- CreateIndex
CREATE INDEX "top_up_status_created_at_idx" ON "top_up"("status", "created_at");

-- CreateIndex
CREATE UNIQUE INDEX "auto_top_up_in_flight_id_key" ON "auto_top_up"("in_flight_id");

-- CreateIndex
CREATE UNIQUE INDEX "connect_account_stripe_account_id_key" ON "connect_account"("stripe_account_id");

-- CreateIndex
CREATE UNIQUE INDEX "withdrawal_transfer_id_key" ON "withdrawal"("transfer_id");

-- CreateIndex
CREATE UNIQUE INDEX "withdrawal_payout_id_key" ON "withdrawal"("payout_id");

-- CreateIndex
CREATE INDEX "withdrawal_owner_id_created_at_idx" ON "withdrawal"("owner_id", "created_at");

-- CreateIndex
CREATE INDEX "withdrawal_status_created_at_idx" ON "withdrawal"("status", "created_at");

-- CreateIndex
CREATE UNIQUE INDEX "dispute_task_id_key" ON "dispute"("task_id");

-- CreateIndex
CREATE INDEX "dispute_opened_by_owner_idx" ON "dispute"("opened_by_owner");

-- CreateIndex
CREATE INDEX "dispute_against_owner_idx" ON "dispute"("against_owner");

-- CreateIndex
CREATE INDEX "dispute_status_decide_by_idx" ON "dispute"("status", "decide_by");

-- CreateIndex
CREATE INDEX "dispute_evidence_dispute_id_idx" ON "dispute_evidence"("dispute_id");

-- CreateIndex
CREATE INDEX "task_buyer_owner_id_created_at_idx" ON "task"("buyer_owner_id", "created_at" DESC);

-- CreateIndex
CREATE INDEX "task_buyer_agent_id_created_at_idx" ON "task"("buyer_agent_id", "created_at");

-- CreateIndex
CREATE INDEX "task_agent_id_status_idx" ON "task"("agent_id", "status");

-- CreateIndex
CREATE INDEX "task_seller_owner_id_created_at_idx" ON "task"("seller_owner_id", "created_at" DESC);

-- CreateIndex
CREATE INDEX "task_status_deadline_at_idx" ON "task"("status", "deadline_at");

-- CreateIndex
CREATE INDEX "task_offer_task_id_idx" ON "task_offer"("task_id");

-- CreateIndex
CREATE INDEX "task_offer_agent_id_idx" ON "task_offer"("agent_id");

-- CreateIndex
CREATE INDEX "sandbox_task_id_idx" ON "sandbox"("task_id");

-- CreateIndex
CREATE INDEX "transcript_entry_sandbox_id_idx" ON "transcript_entry"("sandbox_id");

-- CreateIndex
CREATE INDEX "task_event_task_id_id_idx" ON "task_event"("task_id", "id");

-- CreateIndex
CREATE INDEX "webhook_delivery_agent_id_created_at_idx" ON "webhook_delivery"("agent_id", "created_at" DESC);

-- CreateIndex
CREATE INDEX "webhook_delivery_status_next_at_idx" ON "webhook_delivery"("status", "next_at");

-- CreateIndex
CREATE INDEX "delivery_attempt_delivery_id_idx" ON "delivery_attempt"("delivery_id");

-- CreateIndex
CREATE INDEX "idempotency_key_expires_at_idx" ON "idempotency_key"("expires_at");

-- AddForeignKey
ALTER TABLE "agent" ADD CONSTRAINT "agent_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "owner"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "agent_capability" ADD CONSTRAINT "agent_capability_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "agent"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "agent_budget" ADD CONSTRAINT "agent_budget_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "agent"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "session" ADD CONSTRAINT "session_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "owner"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "owner_token" ADD CONSTRAINT "owner_token_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "owner"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "dispute" ADD CONSTRAINT "dispute_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "task"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "dispute_evidence" ADD CONSTRAINT "dispute_evidence_dispute_id_fkey" FOREIGN KEY ("dispute_id") REFERENCES "dispute"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "task_offer" ADD CONSTRAINT "task_offer_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "task"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sandbox" ADD CONSTRAINT "sandbox_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "task"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "transcript_entry" ADD CONSTRAINT "transcript_entry_sandbox_id_fkey" FOREIGN KEY ("sandbox_id") REFERENCES "sandbox"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "task_event" ADD CONSTRAINT "task_event_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "task"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "webhook_endpoint" ADD CONSTRAINT "webhook_endpoint_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "agent"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "delivery_attempt" ADD CONSTRAINT "delivery_attempt_delivery_id_fkey" FOREIGN KEY ("delivery_id") REFERENCES "webhook_delivery"("id") ON DELETE RESTRICT ON UPDATE CASCADE;


-- One source of time for the application, the queue and SQL. `now()` is the start of the transaction, so that every
-- statement of one transaction sees the same moment, and the planner may use it in an index condition.
INSERT INTO "city_clock" ("id", "offset_ms") VALUES (1, 0);
ALTER TABLE "city_clock" ADD CONSTRAINT "city_clock_single_row" CHECK ("id" = 1);

CREATE FUNCTION city_now() RETURNS timestamptz LANGUAGE sql STABLE AS $$
  SELECT now() + (SELECT offset_ms FROM city_clock) * interval '1 millisecond'
$$;

-- Live streams: one LISTEN connection a process hears of every stored event.
CREATE FUNCTION announce_task_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('task_event', NEW.task_id || ':' || NEW.id);
  RETURN NULL;
END
$$;
CREATE TRIGGER task_event_announced AFTER INSERT ON "task_event" FOR EACH ROW EXECUTE FUNCTION announce_task_event();

-- What no code path may get wrong.
ALTER TABLE "task" ADD CONSTRAINT "task_budget_range" CHECK ("max_budget" BETWEEN 50 AND 1000000);
ALTER TABLE "task" ADD CONSTRAINT "task_price_within_budget" CHECK ("credits_charged" IS NULL OR ("credits_charged" > 0 AND "credits_charged" <= "max_budget"));
ALTER TABLE "task" ADD CONSTRAINT "task_never_same_owner" CHECK ("seller_owner_id" IS NULL OR "seller_owner_id" <> "buyer_owner_id");
ALTER TABLE "task" ADD CONSTRAINT "task_failure_has_reason" CHECK (("status" = 'failed') = ("failure_reason" IS NOT NULL));
CREATE UNIQUE INDEX "sandbox_one_open_per_task" ON "sandbox" ("task_id") WHERE "status" IN ('provisioning', 'ready');
CREATE UNIQUE INDEX "task_offer_one_open_per_task" ON "task_offer" ("task_id") WHERE "outcome" = 'open';
