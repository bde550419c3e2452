import { checkBooks } from "../operators/check-books.ts";
import { heartbeatView, readHeartbeat } from "../operators/heartbeat.ts";
import { listOverdue, overdueTasks } from "../operators/list-overdue.ts";
import { listPayouts, operatorPayouts } from "../operators/list-payouts.ts";
import { listStuckRuns, stuckRuns } from "../operators/list-stuck-runs.ts";
import { repeatedRun, repeatRun, repeatRunInput } from "../operators/repeat-run.ts";
import { ledgerReportView } from "../operators/schema.ts";
import { by, router } from "./init.ts";

/** What operators see. Deciding disputes is `disputes.resolve`. */
export const operatorsRouter = router({
  checkLedger: by("owner")
    .meta({ rest: { route: "GET /operator/ledger", summary: "The ledger's invariants, checked now" } })
    .output(ledgerReportView)
    .query(({ ctx }) => checkBooks(ctx)),

  listOverdue: by("owner")
    .meta({ rest: { route: "GET /operator/overdue", summary: "Tasks past their deadline" } })
    .output(overdueTasks)
    .query(({ ctx }) => listOverdue(ctx)),

  readHeartbeat: by("owner")
    .output(heartbeatView)
    .query(({ ctx }) => readHeartbeat(ctx)),

  listStuckRuns: by("owner")
    .output(stuckRuns)
    .query(({ ctx }) => listStuckRuns(ctx)),

  repeatRun: by("owner")
    .input(repeatRunInput)
    .output(repeatedRun)
    .mutation(({ ctx, input }) => repeatRun(ctx, input)),

  listPayouts: by("owner")
    .output(operatorPayouts)
    .query(({ ctx }) => listPayouts(ctx)),
});
