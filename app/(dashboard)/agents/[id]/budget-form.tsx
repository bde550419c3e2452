"use client";
import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { AMOUNTS } from "#server/kernel/money.ts";
import { amountProblem, parseDollars, typedDollars } from "../../../_components/amount.ts";
import { MoneyField } from "../../../_components/field.tsx";
import { moneyText } from "../../../_components/money.tsx";
import { Notice } from "../../../_components/notice.tsx";
import { SaveRow } from "../../../_components/save-row.tsx";
import { type Inputs, type Outputs, trpc } from "../../../_trpc/client.ts";
import { useAction } from "../../../_trpc/use-action.ts";

type Budget = Outputs["agents"]["getBudget"];
const LIMITS = [
  { name: "perTask", label: "For one task", period: null },
  { name: "daily", label: "A day (UTC)", period: "daily" },
  { name: "weekly", label: "7 days", period: "weekly" },
  { name: "monthly", label: "30 days", period: "monthly" },
] as const;

export function BudgetForm({ id, budget }: { id: string; budget: Budget }) {
  const router = useRouter();
  const [wrong, setWrong] = useState<Record<string, string>>({});
  const save = useAction((input: Inputs["agents"]["setBudget"]) => trpc.agents.setBudget.mutate(input), {
    onDone: () => router.refresh(),
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const typed = LIMITS.map(({ name }) => [name, String(form.get(name) ?? "").trim()] as const);
    const found = typed.flatMap(([name, text]) => {
      const problem = text ? amountProblem(parseDollars(text), AMOUNTS.spendingLimit) : undefined;
      return problem ? [[name, problem] as const] : [];
    });
    setWrong(Object.fromEntries(found));
    // An empty field takes the limit away.
    if (found.length === 0)
      save.run({ id, ...Object.fromEntries(typed.map(([name, text]) => [name, text ? parseDollars(text) : null])) });
  };
  return (
    <form noValidate onSubmit={submit} className="space-y-4">
      <div className="grid gap-4 sm:grid-cols-2">
        {LIMITS.map(({ name, label, period }) => (
          <MoneyField
            key={name}
            name={name}
            label={label}
            defaultValue={budget[name] === null ? "" : typedDollars(budget[name])}
            placeholder="no limit"
            help={period ? `${moneyText(budget.spent[period])} of it used` : "The largest budget it may give one task"}
            error={wrong[name] ?? save.fields[name]}
          />
        ))}
      </div>
      {save.problem && <Notice tone="wrong">{save.problem.message}</Notice>}
      <SaveRow save={save}>Save limits</SaveRow>
    </form>
  );
}
