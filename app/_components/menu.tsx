"use client";
import { DropdownMenu } from "radix-ui";
import type { ReactNode } from "react";

export const MENU_ITEM =
  "flex min-h-9 cursor-pointer items-center gap-2 rounded-control px-2.5 py-1 outline-none select-none data-highlighted:bg-sunken [&_svg]:size-4";

type Props = { trigger: ReactNode; align?: "start" | "end"; children: ReactNode };

export function Menu({ trigger, align = "start", children }: Props) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align={align}
          sideOffset={6}
          collisionPadding={8}
          className="z-40 max-h-[var(--radix-dropdown-menu-content-available-height)] w-64 animate-appear overflow-y-auto rounded-card border border-line bg-raised p-1 shadow-float"
        >
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

export const MenuItem = DropdownMenu.Item;
export const MenuLine = () => <DropdownMenu.Separator className="my-1 h-px bg-line" />;
export const MenuLabel = DropdownMenu.Label;
