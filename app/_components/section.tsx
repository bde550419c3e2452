import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";

type Props = {
  title: string;
  lead?: ReactNode;
  action?: ReactNode;
  /** Without padding, for tables. */
  flush?: boolean;
  id?: string;
  className?: string;
  children: ReactNode;
};

/** A titled part of a page on a surface one step up. */
export function Section({ title, lead, action, flush = false, id, className, children }: Props) {
  return (
    <section id={id} aria-label={title} className={classNames("scroll-mt-6", className)}>
      <div className="mb-2 flex flex-wrap items-end justify-between gap-x-4 gap-y-1">
        <div>
          <h2 className="text-14">{title}</h2>
          {lead && <p className="mt-0.5 max-w-[600px] text-13 text-soft wrap-anywhere">{lead}</p>}
        </div>
        {action}
      </div>
      <div className={classNames("@container rounded-card border border-line bg-raised", !flush && "p-4")}>
        {children}
      </div>
    </section>
  );
}

/** Facts as label and value, one a line. */
export function Facts({ items }: { items: { label: string; value: ReactNode }[] }) {
  return (
    <dl className="divide-y divide-line">
      {items.map(({ label, value }) => (
        <div key={label} className="flex items-baseline justify-between gap-4 py-2 first:pt-0 last:pb-0">
          <dt className="shrink-0 text-13 text-soft">{label}</dt>
          <dd className="min-w-0 text-right wrap-anywhere">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
