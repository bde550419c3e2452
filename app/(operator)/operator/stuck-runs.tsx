"use client";
import { useRouter } from "next/navigation";
import { Button } from "../../_components/button.tsx";
import { DataTable } from "../../_components/data-table.tsx";
import { Moment } from "../../_components/moment.tsx";
import { Notice } from "../../_components/notice.tsx";
import { counted } from "../../_components/words.ts";
import { type Outputs, trpc } from "../../_trpc/client.ts";
import { useAction } from "../../_trpc/use-action.ts";

const STATES = { failed: "Gave up", retrying: "Trying again", stalled: "Stands still" } as const;

type Run = Outputs["operators"]["listStuckRuns"][number];

const nameOf = ({ work }: Run) => work.replaceAll("-", " ").replace(/^./, (letter) => letter.toUpperCase());

/** What the city does by itself and did not get done. What gave up can be taken up where it failed. */
export function StuckRuns({ runs }: { runs: Run[] }) {
  const router = useRouter();
  const repeat = useAction((id: string) => trpc.operators.repeatRun.mutate({ id }), {
    onDone: () => router.refresh(),
  });
  return (
    <>
      <DataTable
        rows={runs}
        rowKey={(run) => run.id}
        columns={[
          {
            heading: "Work",
            kind: "lead",
            cell: (run) => (
              <>
                {nameOf(run)}
                <span className="figure block text-12 text-faint wrap-anywhere">{run.id}</span>
              </>
            ),
          },
          {
            heading: "State",
            cell: (run) => (
              <div>
                {STATES[run.state]}
                {run.tries > 0 && (
                  <span className="block text-12 text-faint">{counted(run.tries, "failed try", "failed tries")}</span>
                )}
              </div>
            ),
            cellClass: (run) => (run.state === "failed" ? "text-wrong" : "text-wait"),
          },
          {
            heading: "Last error",
            cell: (run) => run.error ?? "none",
            cellClass: "text-13 text-soft wrap-anywhere",
          },
          {
            heading: "Since",
            kind: "number",
            cell: (run) => <Moment at={run.since} />,
            cellClass: "text-13 text-soft",
          },
          {
            heading: "Try again",
            kind: "action",
            cell: (run) =>
              run.state === "failed" && (
                <Button
                  aria-label={`Try again: ${nameOf(run)} ${run.id}`}
                  pending={repeat.pending}
                  onClick={() => repeat.run(run.id)}
                >
                  Try again
                </Button>
              ),
          },
        ]}
      />
      {repeat.problem && (
        <div className="border-t border-line p-3">
          <Notice tone="wrong">{repeat.problem.message}</Notice>
        </div>
      )}
    </>
  );
}
