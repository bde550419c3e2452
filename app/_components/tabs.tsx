import Link from "next/link";
import { classNames } from "./class-names.ts";

/** Places within a place; each has an address of its own. */
export function Tabs({ label, items }: { label: string; items: { href: string; label: string; current: boolean }[] }) {
  return (
    <nav aria-label={label} className="mb-6 flex gap-4 overflow-x-auto sm:gap-5 border-b border-line">
      {items.map((item) => (
        <Link
          key={item.href}
          href={item.href}
          aria-current={item.current ? "page" : undefined}
          className={classNames(
            "-mb-px border-b-2 pt-1 pb-2 whitespace-nowrap transition-colors",
            item.current ? "border-accent font-medium text-ink" : "border-transparent text-soft hover:text-ink",
          )}
        >
          {item.label}
        </Link>
      ))}
    </nav>
  );
}
