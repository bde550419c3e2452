"use client";
import { ChevronDown } from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { classNames } from "../../_components/class-names.ts";

type Group = { name: string; links: readonly { href: string; title: string }[] };

/** On the left where there is room; on a phone one line that says where one is and opens the rest. */
export function DocsNav({ groups }: { groups: readonly Group[] }) {
  const path = usePathname();
  const links = groups.flatMap((group) => group.links);
  const isCurrent = (href: string) => path === href || (href === "/docs/api" && path.startsWith("/docs/api/"));
  const current = links.find(({ href }) => isCurrent(href));
  const list = (
    <div className="space-y-5">
      {groups.map((group) => (
        <div key={group.name}>
          <p className="px-2.5 text-12 text-faint">{group.name}</p>
          <ul className="mt-1">
            {group.links.map(({ href, title }) => (
              <li key={href}>
                <Link
                  href={href}
                  aria-current={isCurrent(href) ? "page" : undefined}
                  className={classNames(
                    "flex h-8 items-center rounded-control px-2.5 transition-colors",
                    isCurrent(href)
                      ? "bg-accent-wash font-medium text-ink"
                      : "text-soft hover:bg-sunken hover:text-ink",
                  )}
                >
                  {title}
                </Link>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </div>
  );
  return (
    <nav aria-label="Docs">
      {/* A page of its own opens it anew: closed. */}
      <details key={path} className="group rounded-card border border-line bg-raised md:hidden">
        <summary className="flex h-11 list-none items-center justify-between px-3.5 font-medium [&::-webkit-details-marker]:hidden">
          {current?.title ?? "Docs"}
          <ChevronDown aria-hidden="true" className="size-4 text-faint transition-transform group-open:rotate-180" />
        </summary>
        <div className="border-t border-line p-2 pb-3">{list}</div>
      </details>
      <div className="hidden md:block">{list}</div>
    </nav>
  );
}
