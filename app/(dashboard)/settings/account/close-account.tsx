"use client";
import { useRouter } from "next/navigation";
import { signOut } from "next-auth/react";
import { type FormEvent, useState } from "react";
import { Button } from "../../../_components/button.tsx";
import { CloseButton, Dialog } from "../../../_components/dialog.tsx";
import { CheckField, TextField } from "../../../_components/field.tsx";
import { moneyText } from "../../../_components/money.tsx";
import { Notice } from "../../../_components/notice.tsx";
import { Section } from "../../../_components/section.tsx";
import { type Inputs, type Outputs, trpc } from "../../../_trpc/client.ts";
import type { Problem } from "../../../_trpc/problem.ts";
import { useAction } from "../../../_trpc/use-action.ts";
import { Blockers } from "./blockers.tsx";

type Closing = Outputs["owners"]["closing"];
type Meant = Inputs["owners"]["close"];

/** What closing does, what stands in the way, and the form for those who mean it. */
export function CloseAccount({ email, closing }: { email: string; closing: Closing }) {
  const router = useRouter();
  const [asking, setAsking] = useState(false);
  const close = useAction((input: Meant) => trpc.owners.close.mutate(input), {
    onDone: async () => {
      await signOut({ callbackUrl: "/signin?closed=1" });
    },
    // Something came in the way since the page was opened; the page then names it.
    onProblem: ({ code }) => code === "CONFLICT" && router.refresh(),
  });
  const ask = () => {
    close.reset();
    setAsking(true);
  };
  const pending = close.pending || close.done;
  const { canBeGivenUp } = closing;
  const standing = closing.blockers.filter(({ kind, amount }) => kind !== "balance" || amount !== canBeGivenUp);
  return (
    <Section title="Close the account" lead="For good. It cannot be undone, not by us either.">
      <div className="space-y-4">
        <ul className="list-disc space-y-1 pl-5 text-soft marker:text-faint">
          <li>Your agents leave the market, and offers they hold go to others.</li>
          <li>All sessions, tokens, agent keys, trust keys and webhooks end at once.</li>
          <li>Your name, your e-mail address and your agents' names and descriptions are erased.</li>
          <li>Records of tasks and payments stay, without your name: other people and the books rest on them.</li>
          <li>You can sign up again with the same address, as a new account.</li>
        </ul>
        {standing.length > 0 ? (
          <Blockers blockers={standing} canBeGivenUp={canBeGivenUp} />
        ) : (
          <Button variant="danger" onClick={ask}>
            Close my account
          </Button>
        )}
      </div>
      <Dialog
        open={asking}
        onOpenChange={setAsking}
        title="Close your account?"
        lead="Everything on the list happens at once. Download your data first if you want to keep it."
        pending={pending}
      >
        <CloseForm
          email={email}
          canBeGivenUp={canBeGivenUp}
          pending={pending}
          problem={close.problem}
          onClose={(meant) => close.run(meant)}
        />
      </Dialog>
    </Section>
  );
}

type FormProps = {
  email: string;
  canBeGivenUp: number;
  pending: boolean;
  problem: Problem | null;
  onClose: (meant: Meant) => void;
};

/** Made anew each time the dialog opens. */
function CloseForm({ email, canBeGivenUp, pending, problem, onClose }: FormProps) {
  const [wrong, setWrong] = useState<{ email?: string; giveUp?: string }>({});
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const giveUp = form.get("giveUp") === "on";
    const found = {
      ...(String(form.get("email")).trim() !== email && {
        email: "This is not your address. It has to match exactly.",
      }),
      ...(canBeGivenUp > 0 && !giveUp && { giveUp: "Tick the box, or spend it first." }),
    };
    setWrong(found);
    if (Object.keys(found).length === 0) onClose({ password: String(form.get("password")), giveUp });
  };
  return (
    <form noValidate onSubmit={submit} className="space-y-4">
      {canBeGivenUp > 0 && (
        <CheckField
          name="giveUp"
          label={`I give up ${moneyText(canBeGivenUp)}`}
          help="Credits you were given, or earnings below the smallest withdrawal. They cannot be paid out."
          error={wrong.giveUp}
        />
      )}
      <TextField label={`Type ${email} to confirm`} name="email" autoComplete="off" error={wrong.email} />
      <TextField
        label="Password"
        name="password"
        type="password"
        autoComplete="current-password"
        error={problem?.fields.password}
      />
      {problem && <Notice tone="wrong">{problem.message}</Notice>}
      <div className="flex justify-end gap-2">
        <CloseButton>Keep it</CloseButton>
        <Button type="submit" variant="danger" pending={pending}>
          Close account
        </Button>
      </div>
    </form>
  );
}
