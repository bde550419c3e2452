"use client";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useEffect, useRef, useState } from "react";
import { AMOUNTS } from "#server/kernel/money.ts";
import { amountProblem, parseDollars } from "../../../_components/amount.ts";
import { Button, LinkButton } from "../../../_components/button.tsx";
import { dropDraft, fillForm, keepDraft, readDraft } from "../../../_components/draft.ts";
import { CheckField, MoneyField, SelectField, TextArea, TextField } from "../../../_components/field.tsx";
import { moneyText } from "../../../_components/money.tsx";
import { Notice } from "../../../_components/notice.tsx";
import { Section } from "../../../_components/section.tsx";
import { CATEGORY_WORDS, optionsOf } from "../../../_components/words.ts";
import { trpc } from "../../../_trpc/client.ts";
import { useAction } from "../../../_trpc/use-action.ts";
import { Quote } from "./quote.tsx";
import { emptySource, readTask, type Submission } from "./read-task.ts";
import type { Start } from "./start.ts";

/** `without` is the address of the same form that leaves the choice to the city. */
type Agent = { id: string; displayName: string; categories: string[]; price: number; without: string };
type Props = { ownerId: string; agent: Agent | null; start: Start };

export function SubmitForm({ ownerId, agent, start }: Props) {
  const router = useRouter();
  const form = useRef<HTMLFormElement>(null);
  const draftKey = `task:${ownerId}`;
  const [restored, setRestored] = useState(false);
  const [wrong, setWrong] = useState<Record<string, string>>({});
  const [source, setSource] = useState<string>(start.source);
  const quote = useAction((task: Submission) => trpc.tasks.quote.mutate(task));
  /** Whether the quote, also one that is still on its way, is for what the form says now. */
  const [quoteHolds, setQuoteHolds] = useState(true);
  const submit = useAction((task: Submission, once) => trpc.tasks.submit.mutate(task, once), {
    onDone: (task) => {
      dropDraft(draftKey);
      router.push(`/tasks/${task.id}`);
      router.refresh();
    },
  });
  useEffect(() => {
    const draft = readDraft(draftKey);
    // Another draft does not overwrite the failed task that one came here to repeat.
    if (!form.current || !draft || (start.from && draft.from !== start.from)) return;
    fillForm(form.current, draft);
    setSource(draft.source ?? start.source);
    setRestored(true);
  }, [draftKey, start.from, start.source]);
  const startOver = () => {
    dropDraft(draftKey);
    form.current?.reset();
    setSource(start.source);
    setWrong({});
    setRestored(false);
    setQuoteHolds(false);
  };
  const ask = (action: typeof quote | typeof submit) => {
    if (!form.current) return;
    const fields = new FormData(form.current);
    const maxBudget = parseDollars(String(fields.get("maxBudget")));
    const wrongBudget = amountProblem(maxBudget, AMOUNTS.budget);
    const empty = emptySource(fields);
    setWrong({
      ...(wrongBudget && { maxBudget: wrongBudget }),
      ...(empty && { [`input.${empty.name}`]: empty.error }),
    });
    quote.reset();
    submit.reset();
    if (action === quote) setQuoteHolds(true);
    // It may stand far above the button.
    if (empty) form.current.querySelector<HTMLElement>(`[name=${empty.name}]`)?.focus();
    else if (maxBudget !== null && !wrongBudget) action.run(readTask(fields, maxBudget, agent?.id));
  };
  const problem = submit.problem ?? quote.problem;
  const errors = { ...problem?.fields, ...wrong };
  const kinds = optionsOf(CATEGORY_WORDS).filter(({ value }) => !agent || agent.categories.includes(value));
  return (
    <form
      ref={form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        ask(submit);
      }}
      onInput={(event) => {
        keepDraft(draftKey, event.currentTarget, ["repoToken"]);
        setQuoteHolds(false);
      }}
      className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_320px]"
    >
      <div className="space-y-5">
        {agent && (
          <Notice>
            You hire <strong>{agent.displayName}</strong> directly, from {moneyText(agent.price)} a task.{" "}
            <Link href={agent.without} className="underline">
              Let the city choose instead
            </Link>
          </Notice>
        )}
        {start.left.length > 0 && (
          <Notice tone="wait">
            The task was given {start.left.join(", ")} over the API, which this form cannot carry. Submit it over the
            API if the work needs that.
          </Notice>
        )}
        <input type="hidden" name="from" defaultValue={start.from} />
        <SelectField
          label="Kind of work"
          name="taskType"
          options={kinds}
          defaultValue={kinds.some(({ value }) => value === start.taskType) ? start.taskType : kinds[0]?.value}
          error={errors.taskType}
        />
        <TextArea
          label="What is to be done"
          name="description"
          rows={7}
          defaultValue={start.description}
          help="Say what you want to get back and what matters to you. The seller sees this before it commits, and the gate judges by it."
          error={errors["input.description"]}
        />
        <SelectField
          label="What it works on"
          name="source"
          value={source}
          onChange={(event) => setSource(event.target.value)}
          options={[
            { value: "repo", label: "A git repository" },
            { value: "code", label: "Code pasted here" },
            { value: "none", label: "Nothing but the description" },
          ]}
        />
        {/* Put aside, not taken away: what was typed there is still there. */}
        <div hidden={source !== "repo"} className="space-y-5">
          <RepoFields start={start} errors={errors} />
        </div>
        <div hidden={source !== "code"}>
          <TextArea
            label="Code"
            name="code"
            rows={12}
            spellCheck={false}
            defaultValue={start.code}
            className="figure text-13"
            help="Laid out as a file in the sandbox. Only the seller that commits can read it."
            error={errors["input.code"]}
          />
        </div>
      </div>
      <div className="space-y-6 lg:sticky lg:top-6">
        <Section title="Budget">
          <div className="space-y-4">
            <MoneyField
              label="At most"
              name="maxBudget"
              defaultValue={start.maxBudget}
              help="No task costs more than this. What is not needed is returned when the task ends."
              error={errors.maxBudget}
            />
            {problem && (
              <Notice tone="wrong">
                {problem.message}
                {problem.code === "INSUFFICIENT_CREDITS" && (
                  <span className="mt-2 flex flex-wrap items-center gap-2">
                    <LinkButton href="/wallet">Top up</LinkButton>
                    What you wrote stays here until you are back.
                  </span>
                )}
              </Notice>
            )}
            {quoteHolds && quote.output && <Quote quote={quote.output} />}
            <div className="grid gap-2">
              <Button type="submit" variant="primary" pending={submit.pending || submit.done}>
                Submit task
              </Button>
              <Button onClick={() => ask(quote)} pending={quote.pending}>
                Get a quote
              </Button>
            </div>
            {restored && (
              <p role="status" className="text-13 text-soft">
                What you wrote before is back, without an access token.{" "}
                <button type="button" onClick={startOver} className="underline hover:text-ink">
                  Start over
                </button>
              </p>
            )}
          </div>
        </Section>
      </div>
    </form>
  );
}

function RepoFields({ start, errors }: { start: Start; errors: Record<string, string> }) {
  return (
    <>
      <TextField
        label="Repository"
        name="repo"
        type="url"
        defaultValue={start.repo}
        placeholder="https://github.com/you/project"
        help="Fetched by the city into the sandbox; the seller never sees the address."
        error={errors["input.repo"]}
      />
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField
          label="Branch, tag or commit"
          optional
          name="ref"
          defaultValue={start.ref}
          placeholder="the default branch"
          error={errors["input.ref"]}
        />
        <TextField
          label="Access token"
          optional
          name="repoToken"
          type="password"
          autoComplete="off"
          help="For a private repository. Encrypted, never shown again."
          error={errors["input.repoToken"]}
        />
      </div>
      <CheckField
        label="The gate may run the repository’s own tests"
        name="allowTests"
        defaultChecked={start.allowTests}
      />
    </>
  );
}
