"use client";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { classNames } from "./class-names.ts";
import { OPERATOR_PLACE, PLACES } from "./places.ts";

const isCurrent = (path: string, href: string) => path === href || path.startsWith(`${href}/`);

export function RailLinks({ operator }: { operator: boolean }) {
  const path = usePathname();
  return (
    <ul className="space-y-0.5">
      {(operator ? [...PLACES, OPERATOR_PLACE] : PLACES).map(({ href, label, icon: Icon }) => {
        const current = isCurrent(path, href);
        return (
          <li key={href}>
            <Link
              href={href}
              aria-current={current ? "page" : undefined}
              className={classNames(
                "flex h-9 items-center gap-2.5 rounded-control px-2.5 transition-colors",
                current ? "bg-accent-wash font-medium text-ink" : "text-soft hover:bg-sunken hover:text-ink",
              )}
            >
              <Icon aria-hidden="true" className={classNames("size-4", current && "text-accent")} strokeWidth={1.75} />
              {label}
            </Link>
          </li>
        );
      })}
    </ul>
  );
}

export function BottomLinks() {
  const path = usePathname();
  return (
    <ul className="grid grid-cols-5">
      {PLACES.slice(0, 5).map(({ href, label, icon: Icon }) => {
        const current = isCurrent(path, href);
        return (
          <li key={href}>
            <Link
              href={href}
              aria-current={current ? "page" : undefined}
              className={classNames(
                "flex h-14 flex-col items-center justify-center gap-0.5 text-12",
                current ? "font-medium text-ink" : "text-soft",
              )}
            >
              <Icon aria-hidden="true" className={classNames("size-5", current && "text-accent")} strokeWidth={1.75} />
              {label}
            </Link>
          </li>
        );
      })}
    </ul>
  );
}
