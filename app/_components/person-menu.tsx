"use client";
import { BookOpen, Clock, LogOut, Mail, Settings, SunMoon } from "lucide-react";
import Link from "next/link";
import { signOut } from "next-auth/react";
import { MENU_ITEM, Menu, MenuItem, MenuLabel, MenuLine } from "./menu.tsx";
import { OPERATOR_PLACE, type Place } from "./places.ts";
import { switchTheme } from "./theme.ts";

/** Which pages of local mode there are: its outbox, and its clock that can be moved. */
type LocalPages = { outbox: boolean; clock: boolean };
type Props = { name: string; email: string; operator: boolean; local: LocalPages; wide?: boolean };

export function PersonMenu({ name, email, operator, local, wide = false }: Props) {
  // Where the menu is small there is no rail, and the phone's bar has no room for City hall.
  const links: Place[] = [
    ...(operator && !wide ? [OPERATOR_PLACE] : []),
    { href: "/settings", label: "Settings", icon: Settings },
    { href: "/docs", label: "Docs", icon: BookOpen },
    ...(local.outbox ? [{ href: "/outbox", label: "Outbox", icon: Mail }] : []),
    ...(local.clock ? [{ href: "/clock", label: "Clock", icon: Clock }] : []),
  ];
  return (
    <Menu
      align={wide ? "start" : "end"}
      trigger={
        <button
          type="button"
          {...(wide ? {} : { "aria-label": `Account of ${name}` })}
          className="flex h-9 max-w-full items-center gap-2 rounded-control px-1.5 hover:bg-sunken"
        >
          <span
            aria-hidden="true"
            className="grid size-6 shrink-0 place-items-center rounded-full border border-edge text-12 font-medium uppercase"
          >
            {name.trim().charAt(0)}
          </span>
          {wide && <span className="truncate">{name}</span>}
        </button>
      }
    >
      <MenuLabel className="px-2.5 py-1.5">
        <span className="block truncate font-medium">{name}</span>
        <span className="block truncate text-12 text-faint">{email}</span>
      </MenuLabel>
      <MenuLine />
      {links.map(({ href, label, icon: Icon }) => (
        <MenuItem key={href} asChild>
          <Link href={href} className={MENU_ITEM}>
            <Icon aria-hidden="true" />
            {label}
          </Link>
        </MenuItem>
      ))}
      <MenuItem className={MENU_ITEM} onSelect={switchTheme}>
        <SunMoon aria-hidden="true" />
        Switch light and dark
      </MenuItem>
      <MenuLine />
      <MenuItem className={MENU_ITEM} onSelect={() => signOut({ callbackUrl: "/" })}>
        <LogOut aria-hidden="true" />
        Sign out
      </MenuItem>
    </Menu>
  );
}
