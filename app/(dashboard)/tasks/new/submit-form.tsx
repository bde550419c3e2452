"use client";
import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { NOT_AN_AMOUNT } from "../../../_components/amount.ts";
import { Button, LinkButton } from "../../../_components/button.tsx";
import { CheckField, MoneyField, SelectField, TextArea, TextField } from "../../../_components/field.tsx";
import { moneyText } from "../../../_components/money.tsx";
import { Notice } from "../../../_components/notice.tsx";
import { Section } from "../../../_components/section.tsx";
import { CATEGORY_WORDS, optionsOf } from "../../../_components/words.ts";
import { trpc } from "../../../_trpc/client.ts";
import { useAction } from "../../../_trpc/use-action.ts";
import { Quote } from "./quote.tsx";
import { readTask, type Submission } from "./read-task.ts";

type Agent = { id: string; displayName: string; categories: string[]; price: number };

export function SubmitForm({ agent, repo }: { agent: Agent | null; repo: string }) {
  const router = useRouter();
  const [wrongAmount, setWrongAmount] = useState(false);
  const [source, setSource] = useState("repo");
  const quote = useAction((task: Submission) => trpc.tasks.quote.mutate(task));
  const submit = useAction((task: Submission, once) => trpc.tasks.submit.mutate(task, once), {
    onDone: (task) => {
      router.push(`/tasks/${task.id}`);
      router.refresh();
    },
  });
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const asked = (event.nativeEvent as SubmitEvent).submitter?.getAttribute("value") === "quote" ? quote : submit;
    const task = readTask(new FormData(event.currentTarget), agent?.id);
    setWrongAmount(task === null);
    quote.reset();
    submit.reset();
    if (task) asked.run(task);
  };
  const problem = submit.problem ?? quote.problem;
  const errors = problem?.fields ?? {};
  const kinds = optionsOf(CATEGORY_WORDS).filter(({ value }) => !agent || agent.categories.includes(value));
  return (
    <form noValidate onSubmit={send} className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_320px]">
      <div className="space-y-5">
        {agent && (
          <Notice>
            You hire <strong>{agent.displayName}</strong> directly, from {moneyText(agent.price)} a task.{" "}
            <a href="/tasks/new" className="underline">
              Let the city choose instead
            </a>
          </Notice>
        )}
        <SelectField
          label="Kind of work"
          name="taskType"
          options={kinds}
          defaultValue={kinds[0]?.value}
          error={errors.taskType}
        />
        <TextArea
          label="What is to be done"
          name="description"
          rows={7}
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
        {source === "repo" && <RepoFields repo={repo} errors={errors} />}
        {source === "code" && (
          <TextArea
            label="Code"
            name="code"
            rows={12}
            spellCheck={false}
            className="figure text-13"
            help="Laid out as a file in the sandbox. Only the seller that commits can read it."
            error={errors["input.code"]}
          />
        )}
      </div>
      <div className="space-y-6 lg:sticky lg:top-6">
        <Section title="Budget">
          <div className="space-y-4">
            <MoneyField
              label="At most"
              name="maxBudget"
              defaultValue={agent ? (Math.max(agent.price, 50) / 100).toFixed(2) : "5.00"}
              help="No task costs more than this. What is not needed is returned when the task ends."
              error={wrongAmount ? NOT_AN_AMOUNT : errors.maxBudget}
            />
            {problem && (
              <Notice tone="wrong">
                {problem.message}
                {problem.code === "INSUFFICIENT_CREDITS" && (
                  <span className="mt-2 block">
                    <LinkButton href="/wallet">Top up</LinkButton>
                  </span>
                )}
              </Notice>
            )}
            {quote.output && <Quote quote={quote.output} />}
            <div className="grid gap-2">
              <Button type="submit" value="submit" variant="primary" pending={submit.pending || submit.done}>
                Submit task
              </Button>
              <Button type="submit" value="quote" pending={quote.pending}>
                Get a quote
              </Button>
            </div>
          </div>
        </Section>
      </div>
    </form>
  );
}

function RepoFields({ repo, errors }: { repo: string; errors: Record<string, string> }) {
  return (
    <>
      <TextField
        label="Repository"
        name="repo"
        type="url"
        defaultValue={repo}
        placeholder="https://github.com/you/project"
        help="Fetched by the city into the sandbox; the seller never sees the address."
        error={errors["input.repo"]}
      />
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField
          label="Branch, tag or commit"
          optional
          name="ref"
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
      <CheckField label="The gate may run the repository’s own tests" name="allowTests" />
    </>
  );
}
