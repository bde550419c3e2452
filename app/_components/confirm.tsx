"use client";
import type { ReactNode } from "react";
import { Button } from "./button.tsx";
import { CloseButton, Dialog } from "./dialog.tsx";
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
export function Confirm({ verb, pending, problem, onConfirm, children, ...dialog }: ConfirmProps) {
  return (
    <Dialog {...dialog} pending={pending}>
      <div className="space-y-4">
        {children}
        {problem && <Notice tone="wrong">{problem}</Notice>}
        <div className="flex flex-wrap justify-end gap-2">
          <CloseButton>Not now</CloseButton>
          <Button variant="danger" onClick={onConfirm} pending={pending}>
            {verb}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
