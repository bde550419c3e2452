"use client";
import { useRouter } from "next/navigation";
import { type FormEvent, useEffect, useState } from "react";
import { AMOUNTS } from "#server/kernel/money.ts";
import { amountProblem, parseDollars, typedDollars } from "../../_components/amount.ts";
import { CheckField, MoneyField } from "../../_components/field.tsx";
import { Notice } from "../../_components/notice.tsx";
import { SaveRow } from "../../_components/save-row.tsx";
import { type Inputs, type Outputs, trpc } from "../../_trpc/client.ts";
import { useAction } from "../../_trpc/use-action.ts";
import { cardText } from "./card-text.ts";

type Pool = Outputs["vault"]["getPool"];
const BOUNDS = { threshold: AMOUNTS.threshold, reloadAmount: AMOUNTS.topUp, monthlyCap: AMOUNTS.monthlyCap };

export function AutoTopUpForm({ current, card }: { current: Pool["autoTopUp"]; card: Pool["savedCard"] }) {
  const router = useRouter();
  const [enabled, setEnabled] = useState(current?.enabled ?? false);
  const [wrong, setWrong] = useState<Record<string, string>>({});
  const disabledAt = current?.disabledAt;
  // The city switches it off too, also while this is open: a box left ticked would be saved as the wish to be charged.
  useEffect(() => {
    if (disabledAt) setEnabled(false);
  }, [disabledAt]);
  const save = useAction((input: Inputs["vault"]["setAutoTopUp"]) => trpc.vault.setAutoTopUp.mutate(input), {
    onDone: () => router.refresh(),
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => String(form.get(name) ?? "").trim();
    const amount = (name: string) => parseDollars(text(name));
    const found = Object.entries(BOUNDS).flatMap(([name, bounds]) => {
      const noCap = name === "monthlyCap" && text(name) === "";
      const problem = enabled && !noCap ? amountProblem(amount(name), bounds) : undefined;
      return problem ? [[name, problem] as const] : [];
    });
    setWrong(Object.fromEntries(found));
    if (found.length > 0) return;
    save.run({
      enabled,
      threshold: amount("threshold") ?? current?.threshold ?? 1_000,
      reloadAmount: amount("reloadAmount") ?? current?.reloadAmount ?? 5_000,
      monthlyCap: enabled ? amount("monthlyCap") : (current?.monthlyCap ?? null),
    });
  };
  const errorOf = (name: string) => wrong[name] ?? save.fields[name];
  return (
    <form noValidate onSubmit={submit} className="space-y-4">
      {disabledAt && (
        <Notice tone="wrong">
          Switched off after three declined charges, a chargeback or money sent back to the card. Pay once by card if
          yours was declined, then switch it on again.
        </Notice>
      )}
      {current?.pending && <Notice tone="wait">A top-up is on its way.</Notice>}
      <CheckField
        label="Keep the pool filled"
        help={
          card
            ? `Charges your ${cardText(card)}.`
            : "Charges the card you pay with. There is none yet: top up once by card."
        }
        checked={enabled}
        onChange={(event) => setEnabled(event.target.checked)}
      />
      {enabled && (
        <>
          <MoneyField
            label="When it falls below"
            name="threshold"
            defaultValue={typedDollars(current?.threshold ?? 1_000)}
            error={errorOf("threshold")}
          />
          <MoneyField
            label="Add"
            name="reloadAmount"
            defaultValue={typedDollars(current?.reloadAmount ?? 5_000)}
            error={errorOf("reloadAmount")}
          />
          <MoneyField
            label="At most a month"
            optional
            name="monthlyCap"
            placeholder="no cap"
            defaultValue={current?.monthlyCap ? typedDollars(current.monthlyCap) : ""}
            error={errorOf("monthlyCap")}
          />
        </>
      )}
      {save.problem && <Notice tone="wrong">{save.problem.message}</Notice>}
      <SaveRow save={save}>Save</SaveRow>
    </form>
  );
}
