import { ChevronLeft } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";

type Props = {
  title: string;
  /** One sentence under the title, where it helps. */
  lead?: ReactNode;
  /** At most one primary action. */
  action?: ReactNode;
  back?: { href: string; label: string };
};

export function PageHeader({ title, lead, action, back }: Props) {
  return (
    <header className="mb-6">
      {back && (
        <Link href={back.href} className="mb-2 inline-flex items-center gap-1 text-13 text-soft hover:text-ink">
          <ChevronLeft aria-hidden="true" className="size-4" />
          {back.label}
        </Link>
      )}
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0">
          <h1 className="text-20 wrap-anywhere">{title}</h1>
          {lead && <div className="mt-1 max-w-[640px] text-soft">{lead}</div>}
        </div>
        {action}
      </div>
    </header>
  );
}
