"use client";
import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { amountProblem, parseDollars, typedDollars } from "../../_components/amount.ts";
import { Button } from "../../_components/button.tsx";
import { CloseButton, Dialog } from "../../_components/dialog.tsx";
import { CheckField, MoneyField } from "../../_components/field.tsx";
import { moneyText } from "../../_components/money.tsx";
import { Notice } from "../../_components/notice.tsx";
import { type Inputs, type Outputs, trpc } from "../../_trpc/client.ts";
import { useAction } from "../../_trpc/use-action.ts";
import { cardText } from "./card-text.ts";

type Props = { minimum: number; maximum: number; card: Outputs["vault"]["getPool"]["savedCard"] };

const ON_THE_PAGE = "You pay by card on the payment page and come back here.";
const AT_ONCE = "Your card is charged at once, and you stay here.";

export function TopUp({ minimum, maximum, card }: Props) {
  const router = useRouter();
  const [open, setOpen] = useState(false);
  const [typed, setTyped] = useState(typedDollars(5_000));
  const [useSavedCard, setUseSavedCard] = useState(false);
  const [wrong, setWrong] = useState<string>();
  const cents = parseDollars(typed);
  const topUp = useAction((input: Inputs["vault"]["topUp"], once) => trpc.vault.topUp.mutate(input, once), {
    onDone: (result) => {
      if ("checkoutUrl" in result) window.location.assign(result.checkoutUrl);
      else router.refresh();
    },
  });
  const charged = topUp.output && "amountCharged" in topUp.output ? topUp.output : null;
  const leaving = topUp.output && "checkoutUrl" in topUp.output;
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const found = amountProblem(cents, { least: minimum, most: maximum });
    setWrong(found);
    if (cents !== null && !found) topUp.run({ amount: cents, ...(useSavedCard && { useSavedCard }) });
  };
  const change = (next: boolean) => {
    setOpen(next);
    setUseSavedCard(false);
    topUp.reset();
  };
  return (
    <>
      <Button variant="primary" onClick={() => change(true)}>
        Top up
      </Button>
      <Dialog
        open={open}
        onOpenChange={change}
        title="Top up the pool"
        lead={charged ? undefined : useSavedCard ? AT_ONCE : ON_THE_PAGE}
        pending={topUp.pending}
      >
        {charged ? (
          <div className="space-y-4">
            <Notice tone="good">
              {moneyText(charged.amountCharged)} charged. Your pool has {moneyText(charged.newBalance)}.
            </Notice>
            <CloseButton className="w-full">Done</CloseButton>
          </div>
        ) : (
          <form noValidate onSubmit={submit} className="space-y-4">
            <MoneyField
              label="Amount"
              name="amount"
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
              help={`From ${moneyText(minimum)} to ${moneyText(maximum)}.`}
              error={wrong ?? topUp.fields.amount}
            />
            {card && (
              <CheckField
                label={`Charge my ${cardText(card)}`}
                help="Without the payment page."
                checked={useSavedCard}
                onChange={(event) => setUseSavedCard(event.target.checked)}
              />
            )}
            {topUp.problem && <Notice tone="wrong">{topUp.problem.message}</Notice>}
            <Button type="submit" variant="primary" className="w-full" pending={topUp.pending || Boolean(leaving)}>
              {cents === null ? "Continue" : `Pay ${moneyText(cents)}`}
            </Button>
          </form>
        )}
      </Dialog>
    </>
  );
}
