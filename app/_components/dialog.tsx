"use client";
import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import { type ReactNode, useRef } from "react";
import { Button } from "./button.tsx";

type Props = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  lead?: ReactNode;
  /** While its work runs it stays open: what comes of it is said here and nowhere else. */
  pending: boolean;
  children: ReactNode;
};

/** Whoever opens it resets its action first, so that nothing of an earlier try is in it. */
export function Dialog({ open, onOpenChange, title, lead, pending, children }: Props) {
  const opener = useRef<Element | null>(null);
  return (
    <Radix.Root open={open} onOpenChange={(next) => !pending && onOpenChange(next)}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 animate-appear bg-[rgb(0_0_0/0.4)]" />
        <Radix.Content
          {...(lead ? {} : { "aria-describedby": undefined })}
          onOpenAutoFocus={() => {
            opener.current = document.activeElement;
          }}
          // Radix gives the focus back to a trigger of its own, which there is none of.
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            if (opener.current instanceof HTMLElement) opener.current.focus();
          }}
          className="fixed top-1/2 left-1/2 z-50 max-h-[calc(100dvh-32px)] w-[min(440px,calc(100vw-32px))] -translate-1/2 animate-appear overflow-y-auto rounded-card border border-line bg-raised p-5 shadow-float"
        >
          <div className="flex items-start justify-between gap-4">
            <Radix.Title className="text-16">{title}</Radix.Title>
            <Radix.Close aria-label="Close" className="rounded-control p-1 text-soft hover:bg-sunken hover:text-ink">
              <X aria-hidden="true" className="size-4" />
            </Radix.Close>
          </div>
          {lead && <Radix.Description className="mt-1 text-soft">{lead}</Radix.Description>}
          <div className="mt-4">{children}</div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** The way out beside the button that does it. */
export function CloseButton({ className, children }: { className?: string; children: ReactNode }) {
  return (
    <Radix.Close asChild>
      <Button className={className}>{children}</Button>
    </Radix.Close>
  );
}
