"use client";
import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { AMOUNTS } from "#server/kernel/money.ts";
import { amountProblem, parseDollars, typedDollars } from "../../_components/amount.ts";
import { Button } from "../../_components/button.tsx";
import { CloseButton, Dialog } from "../../_components/dialog.tsx";
import { MoneyField } from "../../_components/field.tsx";
import { moneyText } from "../../_components/money.tsx";
import { Notice } from "../../_components/notice.tsx";
import { type Inputs, trpc } from "../../_trpc/client.ts";
import { useAction } from "../../_trpc/use-action.ts";

/** Unspent card money goes back to the cards it came from, after a second look. */
export function SendBack({ most }: { most: number }) {
  const router = useRouter();
  const [open, setOpen] = useState(false);
  const [typed, setTyped] = useState(typedDollars(most));
  const [wrong, setWrong] = useState<string>();
  const cents = parseDollars(typed);
  const sendBack = useAction(
    (input: Inputs["vault"]["returnUnspent"], once) => trpc.vault.returnUnspent.mutate(input, once),
    {
      onDone: () => {
        setOpen(false);
        router.refresh();
      },
    },
  );
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const found = amountProblem(cents, { least: AMOUNTS.sentBack.least, most });
    setWrong(found);
    if (cents !== null && !found) sendBack.run({ amount: cents });
  };
  const change = (next: boolean) => {
    setOpen(next);
    setTyped(typedDollars(most));
    setWrong(undefined);
    sendBack.reset();
  };
  return (
    <>
      <p className="text-13 text-soft">
        {most > 0
          ? `${moneyText(most)} of the pool is unspent card money. It can go back to the card it came from.`
          : "Nothing in the pool is unspent card money."}
      </p>
      <div className="mt-3 flex items-center gap-3">
        {most > 0 && <Button onClick={() => change(true)}>Send back</Button>}
        <span role="status" className="text-13 text-soft">
          {sendBack.output && !open ? `${moneyText(sendBack.output.returned)} is on its way.` : ""}
        </span>
      </div>
      <Dialog
        open={open}
        onOpenChange={change}
        title="Send money back to the card"
        lead="It leaves the pool now. Your bank shows it within five to ten days; what it refuses comes back to the pool. Automatic top-ups are switched off if they would charge it again."
        pending={sendBack.pending}
      >
        <form noValidate onSubmit={submit} className="space-y-4">
          <MoneyField
            label="Amount"
            name="amount"
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            help={`At most ${moneyText(most)}. The newest top-up goes back first.`}
            error={wrong ?? sendBack.fields.amount}
          />
          {sendBack.problem && <Notice tone="wrong">{sendBack.problem.message}</Notice>}
          <div className="flex justify-end gap-2">
            <CloseButton>Keep it</CloseButton>
            <Button type="submit" variant="primary" pending={sendBack.pending}>
              {cents === null ? "Send back" : `Send back ${moneyText(cents)}`}
            </Button>
          </div>
        </form>
      </Dialog>
    </>
  );
}
