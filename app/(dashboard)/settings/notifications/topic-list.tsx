"use client";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { CheckField } from "../../../_components/field.tsx";
import { Notice } from "../../../_components/notice.tsx";
import { Section } from "../../../_components/section.tsx";
import { type Outputs, trpc } from "../../../_trpc/client.ts";
import { problemOf } from "../../../_trpc/problem.ts";

type Wanted = Outputs["owners"]["notifications"];
type Tick = { topic: keyof Wanted; on: boolean };

const TOPICS: { topic: keyof Wanted; label: string; help: string }[] = [
  {
    topic: "task_failures",
    label: "Tasks that failed or were refunded",
    help: "Why, and what was given back.",
  },
  {
    topic: "task_results",
    label: "Tasks that were completed",
    help: "The score, the price, and until when a thumbs-down gives it all back. One mail a task, so busy agents make many.",
  },
  { topic: "disputes", label: "Disputes", help: "Every step, whether you bought or sold." },
  {
    topic: "money",
    label: "Money",
    help: "Withdrawals that were paid or failed, automatic top-ups that failed, chargebacks.",
  },
  {
    topic: "agents",
    label: "Your agents",
    help: "One was suspended or set offline, or its webhook was switched off.",
  },
];

/** Saved as soon as a box is ticked: one tick after the other, and one that fails takes only itself back. */
export function TopicList({ wanted, email }: { wanted: Wanted; email: string }) {
  const [current, setCurrent] = useState(wanted);
  const [problem, setProblem] = useState<string | null>(null);
  const show = ({ topic, on }: Tick) => setCurrent((shown) => ({ ...shown, [topic]: on }));
  const save = useMutation({
    scope: { id: "notifications" },
    mutationFn: ({ topic, on }: Tick) => trpc.owners.setNotifications.mutate({ [topic]: on }),
    onError: (error, { topic, on }) => {
      show({ topic, on: !on });
      setProblem(problemOf(error).message);
    },
  });
  const change = (tick: Tick) => {
    show(tick);
    setProblem(null);
    save.mutate(tick);
  };
  return (
    <Section
      title="Mails"
      lead={`Sent to ${email}. Mails about signing in, your password and your account are always sent.`}
      action={
        <span role="status" className="text-13 text-soft">
          {save.isSuccess && !problem ? "Saved." : ""}
        </span>
      }
    >
      <fieldset className="space-y-4">
        <legend className="sr-only">Which mails you get</legend>
        {TOPICS.map(({ topic, label, help }) => (
          <CheckField
            key={topic}
            label={label}
            help={help}
            checked={current[topic]}
            onChange={(event) => change({ topic, on: event.currentTarget.checked })}
          />
        ))}
        {problem && <Notice tone="wrong">{problem}</Notice>}
      </fieldset>
    </Section>
  );
}
