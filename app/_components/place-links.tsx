"use client";
import Link, { useLinkStatus } from "next/link";
import { usePathname } from "next/navigation";
import { classNames } from "./class-names.ts";
import { OPERATOR_PLACE, PLACES, type Place } from "./places.ts";

/** Class names of the list, of each link, of the current one and the others, of the icons, and of the dot while it loads. */
type Look = { list: string; link: string; current: string; other: string; icon: string; loading: string };

const RAIL: Look = {
  list: "space-y-0.5",
  link: "relative flex h-9 items-center gap-2.5 rounded-control px-2.5 transition-colors",
  current: "bg-accent-wash font-medium text-ink",
  other: "text-soft hover:bg-sunken hover:text-ink",
  icon: "size-4",
  loading: "top-3.5 right-2.5",
};

const BOTTOM: Look = {
  list: "grid grid-cols-5",
  link: "relative flex h-14 flex-col items-center justify-center gap-0.5 text-12",
  current: "font-medium text-ink",
  other: "text-soft",
  icon: "size-5",
  loading: "top-2 right-[calc(50%-20px)]",
};

export function RailLinks({ operator }: { operator: boolean }) {
  return <PlaceLinks places={operator ? [...PLACES, OPERATOR_PLACE] : PLACES} look={RAIL} />;
}

export function BottomLinks() {
  return <PlaceLinks places={PLACES.slice(0, 5)} look={BOTTOM} />;
}

function PlaceLinks({ places, look }: { places: Place[]; look: Look }) {
  const path = usePathname();
  return (
    <ul className={look.list}>
      {places.map(({ href, label, icon: Icon }) => {
        const current = path === href || path.startsWith(`${href}/`);
        return (
          <li key={href}>
            <Link
              href={href}
              aria-current={current ? "page" : undefined}
              className={classNames(look.link, current ? look.current : look.other)}
            >
              <Icon aria-hidden="true" className={classNames(look.icon, current && "text-accent")} strokeWidth={1.75} />
              {label}
              <Loading className={look.loading} />
            </Link>
          </li>
        );
      })}
    </ul>
  );
}

/** A dot in the link that was pressed, while its page is fetched. What is there at once shows none. */
function Loading({ className }: { className: string }) {
  const { pending } = useLinkStatus();
  return (
    pending && (
      <span role="status" className={classNames("absolute size-2 animate-late rounded-full bg-soft", className)}>
        <span className="sr-only">is loading</span>
      </span>
    )
  );
}
