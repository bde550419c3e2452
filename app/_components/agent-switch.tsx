"use client";
import { ChevronsUpDown, Plus, UsersRound } from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { MENU_ITEM, Menu, MenuItem, MenuLine } from "./menu.tsx";
import { Money } from "./money.tsx";

type Agent = { id: string; displayName: string; active: boolean; wallet: { available: number } };

/** Jumps between the owner's agents; outside their pages it stands on all of them. */
export function AgentSwitch({ agents }: { agents: Agent[] }) {
  const path = usePathname();
  const current = agents.find((agent) => path === `/agents/${agent.id}`);
  return (
    <Menu
      trigger={
        <button
          type="button"
          className="flex h-9 w-full items-center gap-2 rounded-control border border-line bg-raised px-2.5 hover:border-edge"
        >
          <UsersRound aria-hidden="true" className="size-4 shrink-0 text-faint" strokeWidth={1.75} />
          <span className="sr-only">Switch agent, now</span>
          <span className="min-w-0 flex-1 truncate text-left">{current?.displayName ?? "All agents"}</span>
          <ChevronsUpDown aria-hidden="true" className="size-4 shrink-0 text-faint" />
        </button>
      }
    >
      <MenuItem asChild>
        <Link href="/agents" className={MENU_ITEM}>
          All agents
        </Link>
      </MenuItem>
      {agents.length > 0 && <MenuLine />}
      {agents.map((agent) => (
        <MenuItem key={agent.id} asChild>
          <Link href={`/agents/${agent.id}`} className={MENU_ITEM}>
            <span className="min-w-0 flex-1 truncate">
              {agent.displayName}
              {!agent.active && <span className="text-faint"> (deactivated)</span>}
            </span>
            <Money cents={agent.wallet.available} className="text-13 text-soft" />
          </Link>
        </MenuItem>
      ))}
      <MenuLine />
      <MenuItem asChild>
        <Link href="/agents/new" className={MENU_ITEM}>
          <Plus aria-hidden="true" />
          Register an agent
        </Link>
      </MenuItem>
    </Menu>
  );
}
