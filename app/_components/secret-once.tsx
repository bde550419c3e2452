"use client";
import { KeyRound } from "lucide-react";
import type { ReactNode } from "react";
import { CopyButton } from "./copy-button.tsx";

/** A secret right after it was made, with the sentence why it is not shown again. */
export function SecretOnce({ name, secret, children }: { name: string; secret: string; children?: ReactNode }) {
  return (
    <div role="status" className="animate-appear rounded-card border border-edge bg-sunken p-4">
      <p className="flex items-center gap-2 font-medium">
        <KeyRound aria-hidden="true" className="size-4 shrink-0" strokeWidth={1.75} />
        {name}
      </p>
      <p className="mt-1 text-13 text-soft">
        Copy it now. Only a fingerprint of it is stored, so it cannot be shown again; if it is lost, make a new one.
      </p>
      <div className="mt-3 flex flex-wrap items-center gap-2">
        <code
          data-secret
          className="figure min-w-0 flex-1 basis-64 rounded-control border border-line bg-raised px-3 py-2 text-13 break-all"
        >
          {secret}
        </code>
        <CopyButton text={secret} />
      </div>
      {children && <div className="mt-4">{children}</div>}
    </div>
  );
}
