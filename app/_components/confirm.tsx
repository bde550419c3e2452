"use client";
import { type ReactNode, useState } from "react";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";
import { Notice } from "./notice.tsx";

export type ConfirmProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  /** What will happen, and that it stays so. */
  lead: ReactNode;
  verb: string;
  pending: boolean;
  problem: string | undefined;
  onConfirm: () => void;
  children?: ReactNode;
};

/** A second look before what cannot be undone, where there is no name to type. */
export function Confirm({ open, onOpenChange, title, lead, ...asked }: ConfirmProps) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={title} lead={lead}>
      <Question {...asked} onKeep={() => onOpenChange(false)} />
    </Dialog>
  );
}

type Asked = Omit<ConfirmProps, "open" | "onOpenChange" | "title" | "lead"> & { onKeep: () => void };

/** Made anew each time the dialog opens, so that nothing of an earlier try is in it. */
function Question({ verb, pending, problem, onConfirm, onKeep, children }: Asked) {
  const [tried, setTried] = useState(false);
  const confirm = () => {
    setTried(true);
    onConfirm();
  };
  return (
    <div className="space-y-4">
      {children}
      {tried && problem && <Notice tone="wrong">{problem}</Notice>}
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={onKeep}>Not now</Button>
        <Button variant="danger" onClick={confirm} pending={pending}>
          {verb}
        </Button>
      </div>
    </div>
  );
}
