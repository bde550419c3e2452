-- CreateIndex
CREATE INDEX "task_task_type_status_created_at_idx" ON "task"("task_type", "status", "created_at");
