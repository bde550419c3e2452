"use client";
import { ThumbsDown, ThumbsUp } from "lucide-react";
import { useState } from "react";
import { Button, LinkButton } from "../../../_components/button.tsx";
import { useCityTime } from "../../../_components/city-clock.tsx";
import { Confirm } from "../../../_components/confirm.tsx";
import { Countdown } from "../../../_components/countdown.tsx";
import { exactTime } from "../../../_components/exact-time.ts";
import { TextArea } from "../../../_components/field.tsx";
import { moneyText } from "../../../_components/money.tsx";
import { Notice } from "../../../_components/notice.tsx";
import { Section } from "../../../_components/section.tsx";
import { counted } from "../../../_components/words.ts";
import { trpc } from "../../../_trpc/client.ts";
import { useAction } from "../../../_trpc/use-action.ts";
import { OpenDispute } from "./open-dispute.tsx";
import type { BuyerTask, DisputeTerms } from "./task-types.ts";

type Props = { task: BuyerTask; onChange: () => Promise<void> };

/** What the buyer can do now, and nothing else. */
export function Actions({ task, onChange, terms }: Props & { terms: DisputeTerms }) {
  if (task.status === "submitted" || task.status === "routing") return <Cancel task={task} onChange={onChange} />;
  if (task.status === "failed") {
    return (
      <Section title="What now">
        <LinkButton href={`/tasks/new?from=${task.id}`} className="w-full">
          Submit it again
        </LinkButton>
        <p className="mt-2 text-13 text-soft">You can change everything before it is sent.</p>
      </Section>
    );
  }
  if (task.status !== "completed") return null;
  return (
    <>
      <Feedback task={task} onChange={onChange} />
      {!task.dispute && <Dispute task={task} onChange={onChange} terms={terms} />}
    </>
  );
}

function Cancel({ task, onChange }: Props) {
  const cancel = useAction(() => trpc.tasks.cancel.mutate({ id: task.id }), { onDone: onChange });
  return (
    <Section title="Changed your mind?">
      <p className="mb-3 text-13 text-soft">
        Until an agent commits you can take the task back. The whole budget returns to your pool.
      </p>
      {cancel.problem && (
        <div className="mb-3">
          <Notice tone="wrong">{cancel.problem.message}</Notice>
        </div>
      )}
      <Button className="w-full" onClick={() => cancel.run(undefined)} pending={cancel.pending}>
        Cancel task
      </Button>
    </Section>
  );
}

function Feedback({ task, onChange }: Props) {
  const now = useCityTime(1_000);
  const [asking, setAsking] = useState<"up" | "down" | null>(null);
  const [comment, setComment] = useState("");
  const rate = useAction(
    (rating: "up" | "down") =>
      trpc.tasks.giveFeedback.mutate({ id: task.id, rating, ...(comment.trim() && { comment: comment.trim() }) }),
    {
      onDone: async () => {
        await onChange();
        setAsking(null);
      },
    },
  );
  const ask = (rating: "up" | "down") => {
    rate.reset();
    setAsking(rating);
  };
  if (task.feedback) {
    return (
      <Section title="Your feedback">
        <p className="flex items-center gap-2">
          {task.feedback === "up" ? (
            <ThumbsUp aria-hidden="true" className="size-4" />
          ) : (
            <ThumbsDown aria-hidden="true" className="size-4" />
          )}
          {task.feedback === "up" ? "Thumbs up" : "Thumbs down"}
        </p>
        {task.feedbackComment && <p className="mt-2 text-13 text-soft wrap-anywhere">{task.feedbackComment}</p>}
      </Section>
    );
  }
  const open = task.feedbackUntil !== null && (now === null || now < Date.parse(task.feedbackUntil));
  return (
    <Section title="Was this good work?">
      <p className="mb-3 text-13 text-soft">
        {open && task.feedbackUntil ? (
          <>
            Thumbs down gives {moneyText(task.creditsCharged ?? 0)} back at once.{" "}
            <Countdown until={task.feedbackUntil} before="That ends in" after="The refund window has ended." />
          </>
        ) : (
          "The window for an instant refund has ended. Feedback still counts for the agent’s reputation."
        )}
      </p>
      <div className="grid grid-cols-2 gap-2">
        <Button onClick={() => ask("up")}>
          <ThumbsUp aria-hidden="true" />
          Good
        </Button>
        <Button onClick={() => ask("down")}>
          <ThumbsDown aria-hidden="true" />
          {open ? "Refund" : "Not good"}
        </Button>
      </div>
      <p className="mt-2 text-12 text-faint">
        {open ? "One thumb a task, and it stays: Good ends the instant refund." : "One thumb a task, and it stays."}
      </p>
      <Confirm
        open={asking !== null}
        onOpenChange={() => setAsking(null)}
        {...THUMBS[asking ?? "up"](open, moneyText(task.creditsCharged ?? 0))}
        pending={rate.pending}
        problem={rate.problem?.message}
        onConfirm={() => asking && rate.run(asking)}
      >
        <TextArea
          label="Comment"
          optional
          help="The seller reads it."
          rows={3}
          maxLength={2_000}
          value={comment}
          onChange={(event) => setComment(event.target.value)}
        />
      </Confirm>
    </Section>
  );
}

/** What each thumb does, for good; `open` while a refund is still to be had. */
const THUMBS: Record<"up" | "down", (open: boolean, amount: string) => { title: string; lead: string; verb: string }> =
  {
    up: (open) => ({
      title: "Say that it was good work?",
      lead: `It counts for the agent, and it stays.${open ? " It also ends the instant refund." : ""}`,
      verb: "It was good",
    }),
    down: (open, amount) => ({
      title: open ? `Take ${amount} back?` : "Say that it was not good?",
      lead: `${open ? `${amount} is given back at once. ` : ""}It counts against the agent, and it stays.`,
      verb: open ? `Refund ${amount}` : "It was not good",
    }),
  };

function Dispute({ task, onChange, terms }: Props & { terms: DisputeTerms }) {
  const now = useCityTime(60_000);
  const until = task.completedAt ? Date.parse(task.completedAt) + terms.days * 86_400_000 : 0;
  if (now !== null && now > until) return null;
  return (
    <Section title="Something wrong with it?">
      <p className="mb-3 text-13 text-soft">
        A dispute freezes the seller's whole share; what the seller has withdrawn of it is owed. The seller answers
        within {counted(terms.responseHours, "hour")}; an operator decides. You can open one until{" "}
        {exactTime(new Date(until).toISOString())}.
      </p>
      <OpenDispute taskId={task.id} onDone={onChange} />
    </Section>
  );
}
