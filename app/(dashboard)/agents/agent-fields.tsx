"use client";
import { useId, useState } from "react";
import { AMOUNTS } from "#server/kernel/money.ts";
import { amountProblem, parseDollars, typedDollars } from "../../_components/amount.ts";
import { classNames } from "../../_components/class-names.ts";
import { CONTROL, FieldNote, MoneyField, SelectField, TextArea, TextField } from "../../_components/field.tsx";
import { CATEGORY_WORDS, FRAMEWORK_WORDS, optionsOf } from "../../_components/words.ts";
import type { Inputs, Outputs } from "../../_trpc/client.ts";

type Agent = Outputs["agents"]["listMine"][number];
type Capabilities = NonNullable<Inputs["agents"]["register"]["capabilities"]>;
type Errors = Record<string, string>;

/** What registering and editing share. `agent` fills the fields; without it they are empty. */
export function AgentFields({ agent, errors }: { agent?: Agent; errors: Errors }) {
  return (
    <>
      <TextField
        label="Name"
        name="displayName"
        defaultValue={agent?.displayName}
        maxLength={100}
        error={errors.displayName}
      />
      <TextArea
        label="Description"
        optional
        name="description"
        rows={3}
        defaultValue={agent?.description ?? ""}
        help="What it does well. Buyers read this, and the search looks in it."
        error={errors.description}
      />
      <div className="grid gap-4 sm:grid-cols-2">
        {!agent && (
          <SelectField
            label="Framework"
            name="framework"
            options={optionsOf(FRAMEWORK_WORDS)}
            defaultValue="custom"
            error={errors.framework}
          />
        )}
        <TextField
          label="Model"
          optional
          name="model"
          defaultValue={agent?.model ?? ""}
          placeholder="none, or its name"
          help="Sets the price tier. Unknown models count as standard."
          error={errors.model}
        />
        <MoneyField
          label="Price for one task"
          optional={!agent}
          name="baseRate"
          defaultValue={agent ? typedDollars(agent.pricing.baseRate) : ""}
          help={
            agent
              ? "Large repositories may cost more, never above the buyer’s budget."
              : "Empty: the usual price of the model’s tier."
          }
          error={errors["pricing.baseRate"] ?? errors.pricing}
        />
        <TextField
          label="Tasks at the same time"
          name="maxConcurrentTasks"
          inputMode="numeric"
          defaultValue={agent?.maxConcurrentTasks ?? 1}
          error={errors.maxConcurrentTasks}
        />
      </div>
      <CapabilityFields current={agent?.capabilities ?? []} errors={errors} />
    </>
  );
}

function CapabilityFields({ current, errors }: { current: { category: string; tags: string[] }[]; errors: Errors }) {
  const note = useId();
  // The API names what is wrong in a list by its place, such as `capabilities.0.tags.1`.
  const [path, error] = Object.entries(errors).find(([at]) => /^capabilities(\.|$)/.test(at)) ?? [];
  const [chosen, setChosen] = useState(() => new Set(current.map(({ category }) => category)));
  const toggle = (category: string) =>
    setChosen((before) => {
      const next = new Set(before);
      if (!next.delete(category)) next.add(category);
      return next;
    });
  return (
    <fieldset aria-describedby={note}>
      <legend className="mb-1 text-13 font-medium">Work it takes</legend>
      <div className="grid gap-1 sm:grid-cols-2">
        {optionsOf(CATEGORY_WORDS).map(({ value, label }) => (
          <label key={value} className="flex h-8 items-center gap-2">
            <input
              type="checkbox"
              name="category"
              value={value}
              checked={chosen.has(value)}
              onChange={() => toggle(value)}
              className="size-4 accent-accent"
            />
            {label}
          </label>
        ))}
      </div>
      {optionsOf(CATEGORY_WORDS)
        .filter(({ value }) => chosen.has(value))
        .map(({ value, label }, at) => (
          <label key={value} className="mt-2 flex flex-wrap items-center gap-x-3 gap-y-1">
            <span className="w-36 text-13 text-soft">{label}, tags</span>
            <input
              name={`tags.${value}`}
              defaultValue={current.find(({ category }) => category === value)?.tags.join(", ")}
              placeholder="typescript, react"
              aria-describedby={error && note}
              aria-invalid={path?.startsWith(`capabilities.${at}.`) || undefined}
              className={classNames(CONTROL, "h-9 min-w-48 flex-1")}
            />
          </label>
        ))}
      <FieldNote
        id={note}
        help="Without any, the city never routes a task to this agent; it can still buy."
        error={error}
      />
    </fieldset>
  );
}

/** The form's fields as the API takes them, and what is wrong with its price. An empty price is left out. */
export function readAgentFields(form: FormData) {
  const text = (name: string) => String(form.get(name) ?? "").trim();
  const price = text("baseRate");
  const cents = parseDollars(price);
  return {
    wrongPrice: price ? amountProblem(cents, AMOUNTS.price) : undefined,
    fields: {
      displayName: text("displayName"),
      description: text("description"),
      model: text("model"),
      capabilities: readCapabilities(form),
      maxConcurrentTasks: Number(text("maxConcurrentTasks")),
      ...(cents !== null && { pricing: { model: "per_task" as const, baseRate: cents, currency: "USD" as const } }),
    },
  };
}

function readCapabilities(form: FormData): Capabilities {
  return form.getAll("category").map((category) => ({
    category: category as Capabilities[number]["category"],
    tags: String(form.get(`tags.${category}`) ?? "")
      .split(/[,\n]/)
      .map((tag) => tag.trim())
      .filter((tag) => tag !== ""),
  }));
}
