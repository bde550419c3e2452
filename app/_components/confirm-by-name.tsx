"use client";
import { type FormEvent, useState } from "react";
import { Button } from "./button.tsx";
import type { ConfirmProps } from "./confirm.tsx";
import { Dialog } from "./dialog.tsx";
import { TextField } from "./field.tsx";
import { Notice } from "./notice.tsx";

type Props = Omit<ConfirmProps, "children"> & {
  /** The name to type. */
  name: string;
};

/** For what cannot be undone, or stops running work: asks for the name of the thing. */
export function ConfirmByName({ open, onOpenChange, title, lead, ...asked }: Props) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={title} lead={lead}>
      <NameForm {...asked} onKeep={() => onOpenChange(false)} />
    </Dialog>
  );
}

type Asked = Omit<Props, "open" | "onOpenChange" | "title" | "lead"> & { onKeep: () => void };

/** Made anew each time the dialog opens, so that nothing of an earlier try is in it. */
function NameForm({ name, verb, pending, problem, onConfirm, onKeep }: Asked) {
  const [tried, setTried] = useState<"right" | "wrong" | null>(null);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const right = String(new FormData(event.currentTarget).get("name")).trim() === name;
    setTried(right ? "right" : "wrong");
    if (right) onConfirm();
  };
  return (
    <form noValidate onSubmit={submit} className="space-y-4">
      <TextField
        label={`Type ${name} to confirm`}
        name="name"
        autoComplete="off"
        error={tried === "wrong" ? "This is not the name. It has to match exactly." : undefined}
      />
      {tried === "right" && problem && <Notice tone="wrong">{problem}</Notice>}
      <div className="flex justify-end gap-2">
        <Button onClick={onKeep}>Keep it</Button>
        <Button type="submit" variant="danger" pending={pending}>
          {verb}
        </Button>
      </div>
    </form>
  );
}
