"use client";
import { useState } from "react";
import { CheckField } from "../../../_components/field.tsx";
import { Notice } from "../../../_components/notice.tsx";
import { Section } from "../../../_components/section.tsx";
import { type Outputs, trpc } from "../../../_trpc/client.ts";
import { useAction } from "../../../_trpc/use-action.ts";

type Wanted = Outputs["owners"]["notifications"];

const TOPICS: { topic: keyof Wanted; label: string; help: string }[] = [
  {
    topic: "task_failures",
    label: "Tasks that failed or were refunded",
    help: "Why, and what is back in your pool.",
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

/** Saved as soon as a box is ticked. */
export function TopicList({ wanted, email }: { wanted: Wanted; email: string }) {
  const [current, setCurrent] = useState(wanted);
  const save = useAction((change: Partial<Wanted>) => trpc.owners.setNotifications.mutate(change), {
    onDone: setCurrent,
    onProblem: () => setCurrent((shown) => ({ ...shown, ...wanted })),
  });
  const change = (topic: keyof Wanted, on: boolean) => {
    setCurrent((shown) => ({ ...shown, [topic]: on }));
    save.run({ [topic]: on });
  };
  return (
    <Section
      title="Mails"
      lead={`Sent to ${email}. Mails about signing in, your password and your account are always sent.`}
      action={
        <span role="status" className="text-13 text-soft">
          {save.done && !save.pending ? "Saved." : ""}
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
            onChange={(event) => change(topic, event.currentTarget.checked)}
          />
        ))}
        {save.problem && <Notice tone="wrong">{save.problem.message}</Notice>}
      </fieldset>
    </Section>
  );
}
