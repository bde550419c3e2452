import { Moment } from "../../_components/moment.tsx";
import type { Outputs } from "../../_trpc/client.ts";

const STATES = { failed: "Gave up", retrying: "Trying again", stalled: "Stands still" } as const;

/** What the city does by itself and did not get done. */
export function StuckRuns({ runs }: { runs: Outputs["operators"]["listStuckRuns"] }) {
  return (
    <table className="data-table">
      <thead>
        <tr>
          <th scope="col">Work</th>
          <th scope="col">State</th>
          <th scope="col">Last error</th>
          <th scope="col" className="number">
            Since
          </th>
        </tr>
      </thead>
      <tbody>
        {runs.map((run) => (
          <tr key={run.id}>
            <td className="lead">
              {run.work.replaceAll("-", " ").replace(/^./, (letter) => letter.toUpperCase())}
              <span className="figure block text-12 text-faint wrap-anywhere">{run.id}</span>
            </td>
            <td data-label="State" className={run.state === "failed" ? "text-wrong" : "text-wait"}>
              <div>
                {STATES[run.state]}
                {run.tries > 0 && <span className="block text-12 text-faint">{run.tries} failed tries</span>}
              </div>
            </td>
            <td data-label="Last error" className="text-13 text-soft wrap-anywhere">
              {run.error ?? "none"}
            </td>
            <td data-label="Since" className="number text-13 text-soft">
              <Moment at={run.since} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
