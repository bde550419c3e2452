"use client";
import { type FormEvent, useState } from "react";
import { Button } from "../../../_components/button.tsx";
import { CloseButton, Dialog } from "../../../_components/dialog.tsx";
import { dropDraft, keepDraft, readDraft } from "../../../_components/draft.ts";
import { SelectField, TextArea } from "../../../_components/field.tsx";
import { Notice } from "../../../_components/notice.tsx";
import { DISPUTE_REASON_WORDS, optionsOf } from "../../../_components/words.ts";
import { type Inputs, trpc } from "../../../_trpc/client.ts";
import { useAction } from "../../../_trpc/use-action.ts";

type Opening = Inputs["tasks"]["dispute"];

export function OpenDispute({ taskId, onDone }: { taskId: string; onDone: () => Promise<void> }) {
  const [open, setOpen] = useState(false);
  const draftKey = `dispute:${taskId}`;
  // A press beside the dialog closes it; what was typed is there when it opens again.
  const draft = open ? readDraft(draftKey) : null;
  const dispute = useAction((input: Opening) => trpc.tasks.dispute.mutate(input), {
    onDone: async () => {
      dropDraft(draftKey);
      await onDone();
      setOpen(false);
    },
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const evidence = String(form.get("evidence")).trim();
    dispute.run({
      id: taskId,
      reason: String(form.get("reason")) as Opening["reason"],
      description: String(form.get("description")),
      ...(evidence && { evidence }),
    });
  };
  const change = (next: boolean) => {
    setOpen(next);
    dispute.reset();
  };
  return (
    <>
      <Button className="w-full" onClick={() => change(true)}>
        Open a dispute
      </Button>
      <Dialog
        open={open}
        onOpenChange={change}
        title="Open a dispute"
        lead="Both sides can read what you write here."
        pending={dispute.pending}
      >
        <form
          noValidate
          onSubmit={submit}
          onInput={(event) => keepDraft(draftKey, event.currentTarget)}
          className="space-y-4"
        >
          <SelectField
            label="What is wrong"
            name="reason"
            options={optionsOf(DISPUTE_REASON_WORDS)}
            defaultValue={draft?.reason}
            error={dispute.fields.reason}
          />
          <TextArea
            label="Describe it"
            name="description"
            rows={4}
            defaultValue={draft?.description}
            error={dispute.fields.description}
          />
          <TextArea
            label="Evidence"
            optional
            name="evidence"
            rows={3}
            defaultValue={draft?.evidence}
            help="Lines of the output, of your code, or links."
            error={dispute.fields.evidence}
          />
          {dispute.problem && <Notice tone="wrong">{dispute.problem.message}</Notice>}
          <div className="flex justify-end gap-2">
            <CloseButton>Not now</CloseButton>
            <Button type="submit" variant="primary" pending={dispute.pending}>
              Open dispute
            </Button>
          </div>
        </form>
      </Dialog>
    </>
  );
}
