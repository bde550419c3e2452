"use client";
import type { ReactNode } from "react";
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

/** A second look before money moves for good, where there is no name to type. */
export function Confirm({
  open,
  onOpenChange,
  title,
  lead,
  verb,
  pending,
  problem,
  onConfirm,
  children,
}: ConfirmProps) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={title} lead={lead}>
      <div className="space-y-4">
        {children}
        {problem && <Notice tone="wrong">{problem}</Notice>}
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={() => onOpenChange(false)}>Not now</Button>
          <Button variant="danger" onClick={onConfirm} pending={pending}>
            {verb}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
