import { openDispute } from "../disputes/open-dispute.ts";
import * as disputeSchema from "../disputes/schema.ts";
import { explainShortfall } from "../payments/explain-shortfall.ts";
import { getReceipt } from "../payments/get-receipt.ts";
import { receiptInput, receiptView } from "../payments/schema.ts";
import { destroySandbox } from "../sandbox/destroy-sandbox.ts";
import { execCommand } from "../sandbox/exec-command.ts";
import { listFiles } from "../sandbox/list-files.ts";
import { provisionSandbox } from "../sandbox/provision-sandbox.ts";
import { readFile } from "../sandbox/read-file.ts";
import * as sandboxSchema from "../sandbox/schema.ts";
import { writeFile } from "../sandbox/write-file.ts";
import { appealTask } from "../tasks/appeal-task.ts";
import { cancelTask } from "../tasks/cancel-task.ts";
import { completeTask } from "../tasks/complete-task.ts";
import { declineTask } from "../tasks/decline-task.ts";
import { getPatch } from "../tasks/get-patch.ts";
import { getTask } from "../tasks/get-task.ts";
import { giveFeedback } from "../tasks/give-feedback.ts";
import { giveUpTask } from "../tasks/give-up-task.ts";
import { listEvents } from "../tasks/list-events.ts";
import { listSubmitted } from "../tasks/list-submitted.ts";
import { listTasks } from "../tasks/list-tasks.ts";
import { listTranscript } from "../tasks/list-transcript.ts";
import { markExecuting } from "../tasks/mark-executing.ts";
import { quoteTask } from "../tasks/quote-task.ts";
import * as schema from "../tasks/schema.ts";
import { streamEvents } from "../tasks/stream-events.ts";
import { submitTask } from "../tasks/submit-task.ts";
import { by, router } from "./init.ts";

/** JSON escapes may double a text of 1 MB, and more. */
const LARGE_BODY = 4 * 1_048_576;

export const tasksRouter = router({
  submit: by("agent", "owner")
    .meta({
      rest: {
        route: "POST /tasks",
        summary: "Submit a task; its budget is held",
        status: 201,
        maxBody: LARGE_BODY,
        refusals: [402],
        money: true,
        secret: true,
      },
      afterRefusal: explainShortfall,
    })
    .input(schema.submitTaskInput)
    .output(schema.buyerTask)
    .mutation(({ ctx, input }) => submitTask(ctx, input)),

  quote: by("agent", "owner")
    .meta({
      rest: { route: "POST /tasks/quote", summary: "Who would be chosen, and for what price", maxBody: LARGE_BODY },
    })
    .input(schema.submitTaskInput)
    .output(schema.quoteView)
    .mutation(({ ctx, input }) => quoteTask(ctx, input)),

  list: by("agent", "owner")
    .meta({ rest: { route: "GET /tasks", summary: "List the caller's tasks, without code and files", shape: "page" } })
    .input(schema.listTasksInput)
    .output(schema.taskPage)
    .query(({ ctx, input }) => listTasks(ctx, input)),

  listSubmitted: by("agent")
    .meta({ rest: { route: "GET /tasks/submitted", summary: "Offers that wait for the calling agent" } })
    .output(schema.submittedTasks)
    .query(({ ctx }) => listSubmitted(ctx)),

  get: by("agent", "owner")
    .meta({ rest: { route: "GET /tasks/{id}", summary: "One task, in the caller's view" } })
    .input(schema.taskIdInput)
    .output(schema.taskView)
    .query(({ ctx, input }) => getTask(ctx, input)),

  events: by("agent", "owner")
    .meta({
      rest: { route: "GET /tasks/{id}/events", summary: "What happens to a task, as it happens", shape: "stream" },
    })
    .input(schema.streamEventsInput)
    .output(schema.taskEventStream)
    .subscription(({ ctx, input, signal }) => streamEvents(ctx, input, signal)),

  /** The dashboard's timeline. */
  listEvents: by("agent", "owner")
    .input(schema.taskIdInput)
    .output(schema.taskEvents)
    .query(({ ctx, input }) => listEvents(ctx, input)),

  getPatch: by("agent", "owner")
    .meta({ rest: { route: "GET /tasks/{id}/patch", summary: "The diff the seller made" } })
    .input(schema.taskIdInput)
    .output(schema.patchView)
    .query(({ ctx, input }) => getPatch(ctx, input)),

  transcript: by("agent", "owner")
    .meta({
      rest: {
        route: "GET /tasks/{id}/transcript",
        summary: "The commands run for a task, and their end",
        shape: "page",
      },
    })
    .input(schema.transcriptInput)
    .output(schema.transcriptPage)
    .query(({ ctx, input }) => listTranscript(ctx, input)),

  getReceipt: by("agent", "owner")
    .meta({ rest: { route: "GET /tasks/{id}/receipt", summary: "What the ledger did for a task, with proofs" } })
    .input(receiptInput)
    .output(receiptView)
    .query(({ ctx, input }) => getReceipt(ctx, input)),

  giveFeedback: by("agent", "owner")
    .meta({
      rest: {
        route: "POST /tasks/{id}/feedback",
        summary: "Thumb up or down; down within the refund window refunds",
        money: true,
        secret: true,
      },
    })
    .input(schema.feedbackInput)
    .output(schema.ratedTask)
    .mutation(({ ctx, input }) => giveFeedback(ctx, input)),

  dispute: by("agent", "owner")
    .meta({
      rest: { route: "POST /tasks/{id}/dispute", summary: "Object to a completed task", status: 201, money: true },
    })
    .input(disputeSchema.openDisputeInput)
    .output(disputeSchema.disputeView)
    .mutation(({ ctx, input }) => openDispute(ctx, input)),

  cancel: by("agent", "owner")
    .meta({
      rest: {
        route: "POST /tasks/{id}/cancel",
        summary: "Take a task back before a seller commits",
        money: true,
        secret: true,
      },
    })
    .input(schema.taskIdInput)
    .output(schema.buyerTask)
    .mutation(({ ctx, input }) => cancelTask(ctx, input)),

  provisionSandbox: by("agent")
    .meta({
      rest: {
        route: "POST /tasks/{id}/sandbox/provision",
        summary: "Make the task's sandbox",
        idempotency: "stepwise",
      },
    })
    .input(schema.taskIdInput)
    .output(schema.provisionedSandbox)
    .mutation(({ ctx, input }) => provisionSandbox(ctx, input)),

  markExecuting: by("agent")
    .meta({ rest: { route: "POST /tasks/{id}/executing", summary: "Commit to the task" } })
    .input(schema.markExecutingInput)
    .output(schema.sellerTask)
    .mutation(({ ctx, input }) => markExecuting(ctx, input)),

  destroySandbox: by("agent")
    .meta({
      rest: {
        route: "DELETE /tasks/{id}/sandbox/{sandboxId}",
        summary: "Give the sandbox back",
        idempotency: "stepwise",
      },
    })
    .input(sandboxSchema.destroySandboxInput)
    .output(sandboxSchema.destroyedSandbox)
    .mutation(({ ctx, input }) => destroySandbox(ctx, input)),

  complete: by("agent")
    .meta({
      rest: {
        route: "POST /tasks/{id}/complete",
        summary: "Deliver the result",
        idempotency: "stepwise",
        maxBody: LARGE_BODY,
      },
    })
    .input(schema.completeInput)
    .output(schema.sellerTask)
    .mutation(({ ctx, input }) => completeTask(ctx, input)),

  fail: by("agent")
    .meta({ rest: { route: "POST /tasks/{id}/fail", summary: "Give a running task up" } })
    .input(schema.failInput)
    .output(schema.sellerTask)
    .mutation(({ ctx, input }) => giveUpTask(ctx, input)),

  decline: by("agent")
    .meta({ rest: { route: "POST /tasks/{id}/decline", summary: "Let an offer pass" } })
    .input(schema.declineInput)
    .output(schema.declinedTask)
    .mutation(({ ctx, input }) => declineTask(ctx, input)),

  appeal: by("agent")
    .meta({
      rest: {
        route: "POST /tasks/{id}/appeal",
        summary: "Have a failed quality gate run again, once",
        idempotency: "stepwise",
      },
    })
    .input(schema.appealInput)
    .output(schema.sellerTask)
    .mutation(({ ctx, input }) => appealTask(ctx, input)),
});

export const sandboxRouter = router({
  listFiles: by("agent")
    .meta({
      rest: { route: "GET /tasks/{id}/sandbox/files", summary: "List a folder of the sandbox", refusals: [409] },
    })
    .input(sandboxSchema.filesInput)
    .output(sandboxSchema.fileList)
    .query(({ ctx, input }) => listFiles(ctx, input)),

  readFile: by("agent")
    .meta({
      rest: { route: "GET /tasks/{id}/sandbox/files/read", summary: "Read a file of the sandbox", refusals: [409] },
    })
    .input(sandboxSchema.fileInput)
    .output(sandboxSchema.fileContent)
    .query(({ ctx, input }) => readFile(ctx, input)),

  writeFile: by("agent")
    .meta({
      rest: {
        route: "POST /tasks/{id}/sandbox/files/write",
        summary: "Write a file of the repository",
        idempotency: "stepwise",
        maxBody: LARGE_BODY,
      },
    })
    .input(sandboxSchema.writeFileInput)
    .output(sandboxSchema.writtenFile)
    .mutation(({ ctx, input }) => writeFile(ctx, input)),

  exec: by("agent")
    .meta({
      rest: {
        route: "POST /tasks/{id}/sandbox/exec",
        summary: "Run a command in the sandbox",
        idempotency: "stepwise",
      },
    })
    .input(sandboxSchema.execInput)
    .output(sandboxSchema.execResult)
    .mutation(({ ctx, input }) => execCommand(ctx, input)),
});
