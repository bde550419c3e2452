import { Moment } from "../../_components/moment.tsx";
import { Notice } from "../../_components/notice.tsx";
import { counted } from "../../_components/words.ts";
import type { Outputs } from "../../_trpc/client.ts";

type Props = { beat: Outputs["operators"]["readHeartbeat"]; byInngest: boolean };

/** Whether the city does anything by itself at all, and where to look when it does not. */
export function Heartbeat({ beat, byInngest }: Props) {
  const { heldUp } = beat;
  if (heldUp > 0) {
    return (
      <Notice tone="wrong">
        {counted(heldUp, "event")} could not be handed over, again and again: what should follow does not happen.{" "}
        {byInngest ? "Look whether INNGEST_EVENT_KEY is right and Inngest answers." : "The city’s log says why."}
      </Notice>
    );
  }
  const last = beat.at !== null && <Moment at={beat.at} />;
  if (!beat.late) {
    return (
      <p className="text-soft">
        {last ? <>The work of each minute last began {last}.</> : "The work of each minute has not begun yet."}
      </p>
    );
  }
  return (
    <Notice tone="wrong">
      {last ? <>The city has done nothing by itself since {last}.</> : "The city has done nothing by itself yet."}{" "}
      {byInngest
        ? "Look at Inngest: whether it reaches the app at /api/inngest, and what its runs say."
        : "The city’s log says why."}
    </Notice>
  );
}
