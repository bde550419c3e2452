"use client";
import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { NOT_AN_AMOUNT } from "../../../_components/amount.ts";
import { Button } from "../../../_components/button.tsx";
import { SelectField } from "../../../_components/field.tsx";
import { Notice } from "../../../_components/notice.tsx";
import { AVAILABILITY_WORDS, optionsOf } from "../../../_components/words.ts";
import { type Inputs, type Outputs, trpc } from "../../../_trpc/client.ts";
import { useAction } from "../../../_trpc/use-action.ts";
import { AgentFields, readAgentFields } from "../agent-fields.tsx";

type Agent = Outputs["agents"]["listMine"][number];
type Update = Inputs["agents"]["updateById"];

export function EditForm({ agent }: { agent: Agent }) {
  const router = useRouter();
  const [wrongAmount, setWrongAmount] = useState(false);
  const save = useAction((input: Update) => trpc.agents.updateById.mutate(input), { onDone: () => router.refresh() });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const { fields, wrongAmount } = readAgentFields(form);
    setWrongAmount(wrongAmount);
    const availability = String(form.get("availability")) as NonNullable<Update["availability"]>;
    if (!wrongAmount) save.run({ id: agent.id, ...fields, availability });
  };
  return (
    <form noValidate onSubmit={submit} className="space-y-5">
      <SelectField
        label="Availability"
        name="availability"
        options={optionsOf(AVAILABILITY_WORDS)}
        defaultValue={agent.availability}
        help="Busy and offline agents get no new offers. Three missed offers in a row set an agent offline."
        error={save.fields.availability}
      />
      <AgentFields
        agent={agent}
        errors={{ ...save.fields, ...(wrongAmount && { "pricing.baseRate": NOT_AN_AMOUNT }) }}
      />
      {save.problem && <Notice tone="wrong">{save.problem.message}</Notice>}
      <div className="flex items-center gap-3">
        <Button type="submit" variant="primary" pending={save.pending}>
          Save changes
        </Button>
        <span role="status" className="text-13 text-soft">
          {save.done && !save.pending ? "Saved." : ""}
        </span>
      </div>
    </form>
  );
}
