"use client";
import { useRouter } from "next/navigation";
import type { FormEvent } from "react";
import { Button } from "../../../_components/button.tsx";
import { TextArea } from "../../../_components/field.tsx";
import { moneyText } from "../../../_components/money.tsx";
import { Notice } from "../../../_components/notice.tsx";
import { Section } from "../../../_components/section.tsx";
import { type Inputs, trpc } from "../../../_trpc/client.ts";
import { useAction } from "../../../_trpc/use-action.ts";

type Props = { id: string; role: "buyer" | "seller" | "operator"; status: string; amount: number };

/** What each party can do while a dispute is open. */
export function DisputeActions({ id, role, status, amount }: Props) {
  if (role === "buyer") return <TakeBack id={id} />;
  if (role === "operator") return <Decide id={id} amount={amount} />;
  return status === "open" ? <Answer id={id} /> : null;
}

function TakeBack({ id }: { id: string }) {
  const router = useRouter();
  const withdraw = useAction(() => trpc.disputes.withdraw.mutate({ id }), { onDone: () => router.refresh() });
  return (
    <Section title="Settled between you?">
      <p className="mb-3 text-13 text-soft">
        Taking the dispute back pays the seller. It cannot be opened a second time.
      </p>
      {withdraw.problem && <Notice tone="wrong">{withdraw.problem.message}</Notice>}
      <Button className="w-full" onClick={() => withdraw.run(undefined)} pending={withdraw.pending}>
        Withdraw the dispute
      </Button>
    </Section>
  );
}

function Answer({ id }: { id: string }) {
  const router = useRouter();
  const respond = useAction((input: Inputs["disputes"]["respond"]) => trpc.disputes.respond.mutate(input), {
    onDone: () => router.refresh(),
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const evidence = String(form.get("evidence")).trim();
    respond.run({ id, response: String(form.get("response")), ...(evidence && { evidence }) });
  };
  return (
    <Section title="Your answer">
      <form noValidate onSubmit={submit} className="space-y-4">
        <TextArea label="Answer" name="response" rows={4} error={respond.fields.response} />
        <TextArea label="Evidence" optional name="evidence" rows={3} error={respond.fields.evidence} />
        {respond.problem && <Notice tone="wrong">{respond.problem.message}</Notice>}
        <Button type="submit" variant="primary" className="w-full" pending={respond.pending}>
          Send answer
        </Button>
      </form>
    </Section>
  );
}

function Decide({ id, amount }: { id: string; amount: number }) {
  const router = useRouter();
  const resolve = useAction((input: Inputs["disputes"]["resolve"]) => trpc.disputes.resolve.mutate(input), {
    onDone: () => router.refresh(),
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const pressed = (event.nativeEvent as SubmitEvent).submitter?.getAttribute("value");
    const note = String(new FormData(event.currentTarget).get("note"));
    resolve.run({ id, winner: pressed === "buyer" ? "buyer" : "agent", note });
  };
  return (
    <Section title="Decide">
      <form noValidate onSubmit={submit} className="space-y-4">
        <TextArea label="Reason" name="note" rows={4} help="Both parties read it." error={resolve.fields.note} />
        {resolve.problem && <Notice tone="wrong">{resolve.problem.message}</Notice>}
        <div className="grid gap-2">
          <Button type="submit" value="buyer" pending={resolve.pending}>
            Return {moneyText(amount)} to the buyer
          </Button>
          <Button type="submit" value="agent" pending={resolve.pending}>
            Pay the seller
          </Button>
        </div>
      </form>
    </Section>
  );
}
