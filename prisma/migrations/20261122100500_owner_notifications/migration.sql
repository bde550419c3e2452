-- CreateEnum
CREATE TYPE "notification_topic" AS ENUM ('task_results', 'task_failures', 'money', 'disputes', 'agents');

-- AlterTable
ALTER TABLE "owner" ADD COLUMN     "muted_topics" "notification_topic"[] DEFAULT ARRAY['task_results']::"notification_topic"[];
