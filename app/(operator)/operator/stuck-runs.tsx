import { DataTable } from "../../_components/data-table.tsx";
import { Moment } from "../../_components/moment.tsx";
import type { Outputs } from "../../_trpc/client.ts";

const STATES = { failed: "Gave up", retrying: "Trying again", stalled: "Stands still" } as const;

/** What the city does by itself and did not get done. */
export function StuckRuns({ runs }: { runs: Outputs["operators"]["listStuckRuns"] }) {
  return (
    <DataTable
      rows={runs}
      rowKey={(run) => run.id}
      columns={[
        {
          heading: "Work",
          kind: "lead",
          cell: (run) => (
            <>
              {run.work.replaceAll("-", " ").replace(/^./, (letter) => letter.toUpperCase())}
              <span className="figure block text-12 text-faint wrap-anywhere">{run.id}</span>
            </>
          ),
        },
        {
          heading: "State",
          cell: (run) => (
            <div>
              {STATES[run.state]}
              {run.tries > 0 && <span className="block text-12 text-faint">{run.tries} failed tries</span>}
            </div>
          ),
          cellClass: (run) => (run.state === "failed" ? "text-wrong" : "text-wait"),
        },
        {
          heading: "Last error",
          cell: (run) => run.error ?? "none",
          cellClass: "text-13 text-soft wrap-anywhere",
        },
        { heading: "Since", kind: "number", cell: (run) => <Moment at={run.since} />, cellClass: "text-13 text-soft" },
      ]}
    />
  );
}
