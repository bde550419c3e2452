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
export function ConfirmByName({ open, onOpenChange, title, lead, name, verb, pending, problem, onConfirm }: Props) {
  const [wrong, setWrong] = useState(false);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const typed = String(new FormData(event.currentTarget).get("name")).trim();
    setWrong(typed !== name);
    if (typed === name) onConfirm();
  };
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={title} lead={lead}>
      <form noValidate onSubmit={submit} className="space-y-4">
        <TextField
          label={`Type ${name} to confirm`}
          name="name"
          autoComplete="off"
          error={wrong ? "This is not the name. It has to match exactly." : undefined}
        />
        {problem && <Notice tone="wrong">{problem}</Notice>}
        <div className="flex justify-end gap-2">
          <Button onClick={() => onOpenChange(false)}>Keep it</Button>
          <Button type="submit" variant="danger" pending={pending}>
            {verb}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
