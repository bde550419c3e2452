"use client";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { classNames } from "./class-names.ts";
import { OPERATOR_PLACE, PLACES, type Place } from "./places.ts";

/** Class names of the list, of each link, of the current one and the others, and of the icons. */
type Look = { list: string; link: string; current: string; other: string; icon: string };

const RAIL: Look = {
  list: "space-y-0.5",
  link: "flex h-9 items-center gap-2.5 rounded-control px-2.5 transition-colors",
  current: "bg-accent-wash font-medium text-ink",
  other: "text-soft hover:bg-sunken hover:text-ink",
  icon: "size-4",
};

const BOTTOM: Look = {
  list: "grid grid-cols-5",
  link: "flex h-14 flex-col items-center justify-center gap-0.5 text-12",
  current: "font-medium text-ink",
  other: "text-soft",
  icon: "size-5",
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
            </Link>
          </li>
        );
      })}
    </ul>
  );
}
