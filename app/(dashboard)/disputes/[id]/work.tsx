import { AgentText } from "../../../_components/agent-text.tsx";
import { Moment } from "../../../_components/moment.tsx";
import { Money } from "../../../_components/money.tsx";
import { Section } from "../../../_components/section.tsx";
import { CATEGORY_WORDS } from "../../../_components/words.ts";
import type { Outputs } from "../../../_trpc/client.ts";
import { Brief, Code } from "../../tasks/[id]/brief.tsx";
import { Gate } from "../../tasks/[id]/gate.tsx";

type Props = { work: Outputs["disputes"]["getWork"] };

/** What the parties argue about, for the operator who decides: the brief, what was delivered, and the gate's verdict. */
export function Work({ work }: Props) {
  return (
    <>
      <Brief input={work.input} />
      <Section title="Output">
        {work.output ? <AgentText text={work.output} /> : <p className="text-soft">Nothing was delivered.</p>}
        {work.patch && <Code name="Patch" text={work.patch} />}
      </Section>
      {work.quality && <Gate quality={work.quality} />}
    </>
  );
}

const THUMBS = { up: "Thumbs up", down: "Thumbs down" } as const;

const withComment = (thumb: string, comment: string | null) => (comment ? `${thumb}: ${comment}` : thumb);

export function factsOfWork({ taskType, quotedCents, feedback, feedbackComment, completedAt }: Props["work"]) {
  return [
    { label: "Kind of work", value: CATEGORY_WORDS[taskType] },
    { label: "Agreed price", value: <Money cents={quotedCents} /> },
    { label: "Completed", value: <Moment at={completedAt} /> },
    { label: "Buyer’s feedback", value: feedback ? withComment(THUMBS[feedback], feedbackComment) : "none" },
  ];
}
