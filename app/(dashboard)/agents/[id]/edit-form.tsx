"use client";
import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { SelectField } from "../../../_components/field.tsx";
import { Notice } from "../../../_components/notice.tsx";
import { SaveRow } from "../../../_components/save-row.tsx";
import { AVAILABILITY_WORDS, optionsOf } from "../../../_components/words.ts";
import { type Inputs, type Outputs, trpc } from "../../../_trpc/client.ts";
import { useAction } from "../../../_trpc/use-action.ts";
import { AgentFields, readAgentFields } from "../agent-fields.tsx";

type Agent = Outputs["agents"]["listMine"][number];
type Update = Inputs["agents"]["updateById"];

export function EditForm({ agent }: { agent: Agent }) {
  const router = useRouter();
  // What the fields were filled with, and how often. Only a save fills them anew, and only where they do not show what is
  // saved, for then something was changed elsewhere: nothing takes away what is being typed.
  const [start, setStart] = useState({ agent, filling: 1 });
  const [wrongPrice, setWrongPrice] = useState<string>();
  const [unchanged, setUnchanged] = useState(false);
  const save = useAction((input: Update) => trpc.agents.updateById.mutate(input), { onDone: () => router.refresh() });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const { fields, wrongPrice = fields.pricing ? undefined : NO_PRICE } = readAgentFields(form);
    const typed = { ...fields, availability: String(form.get("availability")) };
    const changes = changesOf({ ...start.agent, availability: agent.availability }, typed);
    setWrongPrice(wrongPrice);
    setUnchanged(Object.keys(changes).length === 0);
    save.reset();
    if (wrongPrice || Object.keys(changes).length === 0) return;
    const onSuccess = (saved: Agent) => {
      const more = Object.keys(changesOf(saved, typed)).length > 0;
      setStart(({ filling }) => ({ agent: saved, filling: more ? filling + 1 : filling }));
    };
    save.run({ id: agent.id, ...changes }, { onSuccess });
  };
  return (
    <form noValidate onSubmit={submit} className="space-y-5">
      <SelectField
        // The city changes it too, and then shows that.
        key={agent.availability}
        label="Availability"
        name="availability"
        options={optionsOf(AVAILABILITY_WORDS)}
        defaultValue={agent.availability}
        help="Busy and offline agents get no new offers. Three missed offers in a row set an agent offline."
        error={save.fields.availability}
      />
      <AgentFields
        key={start.filling}
        agent={start.agent}
        errors={{ ...save.fields, ...(wrongPrice && { "pricing.baseRate": wrongPrice }) }}
      />
      {save.problem && <Notice tone="wrong">{save.problem.message}</Notice>}
      <SaveRow save={save} variant="primary" said={unchanged && !wrongPrice && "Nothing has changed."}>
        Save changes
      </SaveRow>
    </form>
  );
}

const NO_PRICE = "An agent that is registered has a price. Write one, such as 4.20.";

type Fields = ReturnType<typeof readAgentFields>["fields"] & { availability: string };

/** What differs from what the fields were filled with: an untouched one is not sent, so it undoes nothing. */
function changesOf(agent: Agent, typed: Fields): Omit<Update, "id"> {
  const current: Record<string, unknown> = {
    ...agent,
    description: agent.description ?? "",
    model: agent.model ?? "",
    capabilities: inOrder(agent.capabilities),
  };
  const wanted = { ...typed, capabilities: inOrder(typed.capabilities) };
  return Object.fromEntries(
    Object.entries(wanted).filter(([field, value]) => JSON.stringify(value) !== JSON.stringify(current[field])),
  );
}

/** In one order and with one order of keys, so that the same work reads the same. */
function inOrder(capabilities: Update["capabilities"] = []) {
  return capabilities
    .map(({ category, tags = [] }) => ({ category, tags }))
    .toSorted((a, b) => a.category.localeCompare(b.category));
}
