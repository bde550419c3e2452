import type { ReactNode } from "react";

/** Says what this place is for and offers the one next step. */
export function EmptyState({ title, children, action }: { title: string; children: ReactNode; action?: ReactNode }) {
  return (
    <div className="street-grid rounded-card">
      <div className="flex flex-col items-start gap-3 bg-linear-to-r from-raised from-40% to-transparent px-6 py-10">
        <p className="text-16 font-semibold tracking-tight">{title}</p>
        <p className="max-w-[440px] text-soft">{children}</p>
        {action}
      </div>
    </div>
  );
}
