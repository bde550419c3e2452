import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";

type Props = { title: string; children: ReactNode; action?: ReactNode; className?: string };

/** Says what this place is for and offers the one next step. */
export function EmptyState({ title, children, action, className }: Props) {
  return (
    <div className={classNames("street-grid overflow-hidden rounded-card", className)}>
      <div className="flex min-h-[inherit] flex-col items-start gap-3 bg-linear-to-r from-raised from-40% to-transparent px-6 py-10">
        <p className="text-16 font-semibold tracking-tight">{title}</p>
        <p className="max-w-[440px] text-soft">{children}</p>
        {action}
      </div>
    </div>
  );
}
