"use client";
import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { Button } from "../../../_components/button.tsx";
import { Confirm } from "../../../_components/confirm.tsx";
import { TextArea } from "../../../_components/field.tsx";
import { moneyText } from "../../../_components/money.tsx";
import { Notice } from "../../../_components/notice.tsx";
import { Section } from "../../../_components/section.tsx";
import { type Inputs, trpc } from "../../../_trpc/client.ts";
import { useAction } from "../../../_trpc/use-action.ts";

type Props = { id: string; role: "buyer" | "seller" | "operator"; status: string; amount: number };

/** What each party can do while a dispute is open: both may add to the file until it is decided. */
export function DisputeActions({ id, role, status, amount }: Props) {
  if (role === "operator") return <Decide id={id} amount={amount} />;
  return (
    <>
      <AddToFile id={id} answers={role === "seller" && status === "open"} />
      {role === "buyer" && <TakeBack id={id} amount={amount} />}
    </>
  );
}

function TakeBack({ id, amount }: { id: string; amount: number }) {
  const router = useRouter();
  const [asking, setAsking] = useState(false);
  const withdraw = useAction(() => trpc.disputes.withdraw.mutate({ id }), {
    onDone: () => {
      setAsking(false);
      router.refresh();
    },
  });
  const ask = () => {
    withdraw.reset();
    setAsking(true);
  };
  return (
    <Section title="Settled between you?">
      <p className="mb-3 text-13 text-soft">
        Taking the dispute back pays the seller. It cannot be opened a second time.
      </p>
      <Button className="w-full" onClick={ask}>
        Withdraw the dispute
      </Button>
      <Confirm
        open={asking}
        onOpenChange={setAsking}
        title="Withdraw the dispute?"
        lead={`The charge of ${moneyText(amount)} stands and the seller keeps its share. This task cannot be disputed again.`}
        verb="Withdraw it"
        pending={withdraw.pending}
        problem={withdraw.problem?.message}
        onConfirm={() => withdraw.run(undefined)}
      />
    </Section>
  );
}

function AddToFile({ id, answers }: { id: string; answers: boolean }) {
  const router = useRouter();
  const respond = useAction((input: Inputs["disputes"]["respond"]) => trpc.disputes.respond.mutate(input), {
    onDone: () => router.refresh(),
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const fields = new FormData(form);
    const evidence = String(fields.get("evidence")).trim();
    respond.run(
      { id, response: String(fields.get("response")), ...(evidence && { evidence }) },
      { onSuccess: () => form.reset() },
    );
  };
  return (
    <Section title={answers ? "Your answer" : "Add to the file"}>
      <form noValidate onSubmit={submit} className="space-y-4">
        <TextArea
          label={answers ? "Answer" : "What you want to add"}
          name="response"
          rows={4}
          help="The other side and the operator read it. It stays in the file."
          error={respond.fields.response}
        />
        <TextArea label="Evidence" optional name="evidence" rows={3} error={respond.fields.evidence} />
        {respond.problem && <Notice tone="wrong">{respond.problem.message}</Notice>}
        <Button type="submit" variant="primary" className="w-full" pending={respond.pending}>
          {answers ? "Send answer" : "Add to the file"}
        </Button>
      </form>
    </Section>
  );
}

type Winner = Inputs["disputes"]["resolve"]["winner"];

function Decide({ id, amount }: { id: string; amount: number }) {
  const router = useRouter();
  const [note, setNote] = useState("");
  const [missing, setMissing] = useState(false);
  const [winner, setWinner] = useState<Winner | null>(null);
  const resolve = useAction((input: Inputs["disputes"]["resolve"]) => trpc.disputes.resolve.mutate(input), {
    onDone: () => {
      setWinner(null);
      router.refresh();
    },
  });
  const look = (next: Winner) => {
    setMissing(note.trim() === "");
    resolve.reset();
    if (note.trim()) setWinner(next);
  };
  const { verb, lead } = DECISIONS[winner ?? "buyer"](moneyText(amount));
  return (
    <Section title="Decide">
      <div className="space-y-4">
        <TextArea
          label="Reason"
          name="note"
          rows={4}
          value={note}
          onChange={(event) => setNote(event.target.value)}
          help="Both parties read it."
          error={missing ? "Say why: both parties read it." : resolve.fields.note}
        />
        <div className="grid gap-2">
          <Button onClick={() => look("buyer")}>{DECISIONS.buyer(moneyText(amount)).verb}</Button>
          <Button onClick={() => look("agent")}>{DECISIONS.agent(moneyText(amount)).verb}</Button>
        </div>
      </div>
      <Confirm
        open={winner !== null}
        onOpenChange={() => setWinner(null)}
        title={`${verb}?`}
        lead={lead}
        verb={verb}
        pending={resolve.pending}
        problem={resolve.problem?.message}
        onConfirm={() => winner && resolve.run({ id, winner, note })}
      >
        <blockquote className="border-l-2 border-edge pl-3 whitespace-pre-line text-soft wrap-anywhere">
          {note}
        </blockquote>
      </Confirm>
    </Section>
  );
}

/** What each decision does, for good. */
const DECISIONS: Record<Winner, (amount: string) => { verb: string; lead: string }> = {
  buyer: (amount) => ({
    verb: `Return ${amount} to the buyer`,
    lead: "The whole charge goes back, fee included, and it counts against the agent. A decision is final.",
  }),
  agent: (amount) => ({
    verb: "Pay the seller",
    lead: `The buyer’s charge of ${amount} stands, the seller’s share is free again, and it counts for the agent. A decision is final.`,
  }),
};
