import Link from "next/link";
import { Section } from "../../../_components/section.tsx";
import { counted, DISPUTE_STATUS_WORDS } from "../../../_components/words.ts";
import type { Dispute, DisputeTerms } from "./task-types.ts";

/** That a task is disputed and how far that has come, for both sides. While it is the seller's turn it says until when. */
export function DisputeState({ dispute, bought, terms }: { dispute: Dispute; bought: boolean; terms: DisputeTerms }) {
  const { id, status } = dispute;
  const hours = counted(terms.responseHours, "hour");
  return (
    <Section title="Dispute">
      <p>{status === "open" && !bought ? "Open, waiting for your answer" : DISPUTE_STATUS_WORDS[status]}</p>
      {status === "open" && (
        <p className="mt-1 text-13 text-soft">
          {bought ? "The seller has" : "You have"} {hours} from its opening. Without an answer the gate’s score decides.
        </p>
      )}
      <Link href={`/disputes/${id}`} className="mt-2 inline-block text-13 text-soft underline hover:text-ink">
        {status === "open" && !bought ? "Answer the dispute" : "Open the dispute"}
      </Link>
    </Section>
  );
}
