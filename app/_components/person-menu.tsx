"use client";
import { BookOpen, LogOut, Settings, SunMoon } from "lucide-react";
import Link from "next/link";
import { signOut } from "next-auth/react";
import { MENU_ITEM, Menu, MenuItem, MenuLabel, MenuLine } from "./menu.tsx";
import { switchTheme } from "./theme.ts";

type Props = { name: string; email: string; wide?: boolean };

export function PersonMenu({ name, email, wide = false }: Props) {
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
      <MenuItem asChild>
        <Link href="/settings" className={MENU_ITEM}>
          <Settings aria-hidden="true" />
          Settings
        </Link>
      </MenuItem>
      <MenuItem asChild>
        <Link href="/docs" className={MENU_ITEM}>
          <BookOpen aria-hidden="true" />
          Docs
        </Link>
      </MenuItem>
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
