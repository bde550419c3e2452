import { checkBooks } from "../operators/check-books.ts";
import { readHeartbeat } from "../operators/heartbeat.ts";
import { listOverdue } from "../operators/list-overdue.ts";
import { listPayouts } from "../operators/list-payouts.ts";
import { listPlatformErrors } from "../operators/list-platform-errors.ts";
import { listStuckRuns } from "../operators/list-stuck-runs.ts";
import { repeatRun } from "../operators/repeat-run.ts";
import {
  heartbeatView,
  ledgerReportView,
  operatorPayouts,
  overdueTasks,
  platformErrors,
  repeatedRun,
  repeatRunInput,
  stuckRuns,
} from "../operators/schema.ts";
import { byOperator, router } from "./init.ts";

/** What operators see. Deciding disputes is `disputes.resolve`. */
export const operatorsRouter = router({
  checkLedger: byOperator()
    .meta({ rest: { route: "GET /operator/ledger", summary: "The ledger's invariants, checked now" } })
    .output(ledgerReportView)
    .query(({ ctx }) => checkBooks(ctx)),

  listOverdue: byOperator()
    .meta({ rest: { route: "GET /operator/overdue", summary: "Tasks past their deadline" } })
    .output(overdueTasks)
    .query(({ ctx }) => listOverdue(ctx)),

  listPlatformErrors: byOperator()
    .output(platformErrors)
    .query(({ ctx }) => listPlatformErrors(ctx)),

  readHeartbeat: byOperator()
    .output(heartbeatView)
    .query(({ ctx }) => readHeartbeat(ctx)),

  listStuckRuns: byOperator()
    .output(stuckRuns)
    .query(({ ctx }) => listStuckRuns(ctx)),

  repeatRun: byOperator()
    .input(repeatRunInput)
    .output(repeatedRun)
    .mutation(({ ctx, input }) => repeatRun(ctx, input)),

  listPayouts: byOperator()
    .output(operatorPayouts)
    .query(({ ctx }) => listPayouts(ctx)),
});
