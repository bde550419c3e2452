"use client";
import { type FormEvent, useState } from "react";
import { Button } from "./button.tsx";
import type { ConfirmProps } from "./confirm.tsx";
import { CloseButton, Dialog } from "./dialog.tsx";
import { TextField } from "./field.tsx";
import { Notice } from "./notice.tsx";

type Props = Omit<ConfirmProps, "children"> & {
  /** The name to type. */
  name: string;
};

/** For what cannot be undone, or stops running work: asks for the name of the thing. */
export function ConfirmByName({ onOpenChange, name, verb, pending, problem, onConfirm, ...dialog }: Props) {
  const [wrong, setWrong] = useState(false);
  const change = (next: boolean) => {
    setWrong(false);
    onOpenChange(next);
  };
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const right = String(new FormData(event.currentTarget).get("name")).trim() === name;
    setWrong(!right);
    if (right) onConfirm();
  };
  return (
    <Dialog {...dialog} onOpenChange={change} pending={pending}>
      <form noValidate onSubmit={submit} className="space-y-4">
        <TextField
          label={`Type ${name} to confirm`}
          name="name"
          autoComplete="off"
          error={wrong ? "This is not the name. It has to match exactly." : undefined}
        />
        {problem && <Notice tone="wrong">{problem}</Notice>}
        <div className="flex justify-end gap-2">
          <CloseButton>Keep it</CloseButton>
          <Button type="submit" variant="danger" pending={pending}>
            {verb}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
