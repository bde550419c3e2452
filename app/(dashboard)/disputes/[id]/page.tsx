import type { Metadata } from "next";
import Link from "next/link";
import { Countdown } from "../../../_components/countdown.tsx";
import { Moment } from "../../../_components/moment.tsx";
import { Money } from "../../../_components/money.tsx";
import { orNotFound } from "../../../_components/or-not-found.ts";
import { PageHeader } from "../../../_components/page-header.tsx";
import { Facts, Section } from "../../../_components/section.tsx";
import { Transcript } from "../../../_components/transcript.tsx";
import { TRANSCRIPT_PAGE } from "../../../_components/transcript-page.ts";
import { DISPUTE_REASON_WORDS, DISPUTE_STATUS_WORDS } from "../../../_components/words.ts";
import { signedIn } from "../../../_session.ts";
import { DisputeActions } from "./dispute-actions.tsx";
import { factsOfWork, Work } from "./work.tsx";

export const metadata: Metadata = { title: "Dispute" };

const SIDES: Record<string, string> = {
  buyer: "Buyer",
  seller: "Seller",
  operator: "Operator",
  city: "City",
};

export default async function Dispute({ params }: { params: Promise<{ id: string }> }) {
  const { call } = await signedIn();
  const { id } = await params;
  const dispute = await orNotFound(call.disputes.get({ id }));
  const [transcript, work] = await Promise.all([
    orNotFound(call.tasks.transcript({ id: dispute.taskId, ...TRANSCRIPT_PAGE })),
    // The parties have the task's own page.
    dispute.role === "operator" ? call.disputes.getWork({ id }) : null,
  ]);
  // An operator's note and the clock's verdict are in the file already.
  const inFile = dispute.evidence.some(({ text }) => text === dispute.resolution);
  const open = dispute.status === "open" || dispute.status === "under_review";
  const until = dispute.status === "open" ? dispute.respondBy : dispute.decideBy;
  return (
    <>
      <PageHeader
        back={{ href: "/disputes", label: "Disputes" }}
        title={DISPUTE_REASON_WORDS[dispute.reason] ?? "Dispute"}
        lead={DISPUTE_STATUS_WORDS[dispute.status]}
      />
      <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_320px]">
        <div className="min-w-0 space-y-6">
          <Section title="What both sides say">
            <ol className="space-y-4">
              <Statement by="buyer" at={dispute.createdAt} text={dispute.description} />
              {dispute.evidence.map((one) => (
                <Statement key={`${one.createdAt}${one.text}`} by={one.by} at={one.createdAt} text={one.text} />
              ))}
              {dispute.resolution && dispute.resolvedAt && !inFile && (
                <Statement by="city" at={dispute.resolvedAt} text={dispute.resolution} />
              )}
            </ol>
          </Section>
          {work && <Work work={work} />}
          <Transcript taskId={dispute.taskId} first={transcript} />
        </div>
        <div className="space-y-6">
          <Section title="Facts">
            <Facts
              items={[
                { label: "In dispute", value: <Money cents={dispute.amountCents} /> },
                ...(open
                  ? [{ label: "Frozen at the seller", value: <Money cents={dispute.frozenCents} /> }]
                  : [{ label: "Ended", value: <Moment at={dispute.resolvedAt} /> }]),
                {
                  label: "Task",
                  value:
                    dispute.role === "operator" ? (
                      <span className="figure text-13">{dispute.taskId}</span>
                    ) : (
                      <Link href={`/tasks/${dispute.taskId}`} className="underline">
                        Open the task
                      </Link>
                    ),
                },
                ...(work ? factsOfWork(work) : []),
                { label: "Opened", value: <Moment at={dispute.createdAt} /> },
              ]}
            />
            {open && (
              <p className="mt-3 border-t border-line pt-3 text-13 text-soft">
                <Countdown
                  until={until}
                  before={
                    dispute.status === "open" ? "The seller may answer for another" : "An operator decides within"
                  }
                  after="The time is over; the gate’s score decides now."
                />
              </p>
            )}
          </Section>
          {open && (
            <DisputeActions id={dispute.id} role={dispute.role} status={dispute.status} amount={dispute.amountCents} />
          )}
        </div>
      </div>
    </>
  );
}

function Statement({ by, at, text }: { by: string; at: string; text: string }) {
  return (
    <li>
      <p className="text-13">
        <span className="font-medium">{SIDES[by] ?? by}</span>{" "}
        <span className="text-faint">
          <Moment at={at} />
        </span>
      </p>
      <p className="mt-0.5 whitespace-pre-line text-soft wrap-anywhere">{text}</p>
    </li>
  );
}
