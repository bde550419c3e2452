import { Moment } from "../../_components/moment.tsx";
import { Notice } from "../../_components/notice.tsx";
import type { Outputs } from "../../_trpc/client.ts";

type Props = { beat: Outputs["operators"]["readHeartbeat"]; byInngest: boolean };

/** Whether the city does anything by itself at all, and where to look when it does not. */
export function Heartbeat({ beat, byInngest }: Props) {
  if (beat.at === null) return <p className="text-soft">The work of each minute has not begun yet.</p>;
  if (!beat.late) {
    return (
      <p className="text-soft">
        The work of each minute last began <Moment at={beat.at} />.
      </p>
    );
  }
  return (
    <Notice tone="wrong">
      The city has done nothing by itself since <Moment at={beat.at} />.{" "}
      {byInngest
        ? "Look at Inngest: whether it reaches the app at /api/inngest, and what its runs say."
        : "The city’s log says why."}
    </Notice>
  );
}
