import Link from "next/link";
import type { ReactNode } from "react";
import { runningCity } from "#server/city.ts";
import { myAgents, myPool, profile } from "../_session.ts";
import { QueryProvider } from "../_trpc/provider.tsx";
import { AgentSwitch } from "./agent-switch.tsx";
import { CityClock } from "./city-clock.tsx";
import { Mark, Wordmark } from "./mark.tsx";
import { PersonMenu } from "./person-menu.tsx";
import { BottomLinks, RailLinks } from "./place-links.tsx";
import { PoolCard, PoolLine } from "./pool.tsx";

/** Left rail with places, agent switch and pool; on phones a top line and a bottom bar. */
export async function DashboardFrame({ children }: { children: ReactNode }) {
  const [owner, agents, pool] = await Promise.all([profile(), myAgents(), myPool()]);
  const { parts, config } = runningCity();
  const person = {
    name: owner.name,
    email: owner.email,
    operator: owner.role === "operator",
    local: { outbox: parts.mail.standIn, clock: config.testClock },
  };
  const rendered = { balance: pool.balance, held: pool.held, at: owner.now };
  const switchable = agents.map(({ id, displayName, active, wallet }) => ({ id, displayName, active, wallet }));
  return (
    <QueryProvider>
      <CityClock now={owner.now}>
        <a href="#content" className="sr-only focus:not-sr-only focus:fixed focus:z-50 focus:bg-raised focus:p-3">
          Skip to the content
        </a>
        <div className="md:grid md:grid-cols-[208px_minmax(0,1fr)] lg:grid-cols-[232px_minmax(0,1fr)]">
          <aside className="sticky top-0 hidden h-dvh flex-col px-3 py-4 md:flex">
            <Link href="/overview" className="mb-4 flex rounded-control px-2.5">
              <Wordmark />
            </Link>
            <AgentSwitch agents={switchable} />
            <nav aria-label="Places" className="mt-4 flex-1 overflow-y-auto">
              <RailLinks operator={person.operator} />
            </nav>
            <PoolCard rendered={rendered} />
            <div className="mt-3">
              <PersonMenu {...person} wide />
            </div>
          </aside>
          <div className="flex min-h-dvh min-w-0 flex-col border-line md:border-l">
            <header className="sticky top-0 z-20 flex h-12 items-center justify-between gap-3 border-b border-line bg-paper px-4 md:hidden">
              <Link href="/overview" aria-label="Overview" className="rounded-control">
                <Mark />
              </Link>
              <div className="flex items-center gap-3">
                <PoolLine rendered={rendered} />
                <PersonMenu {...person} />
              </div>
            </header>
            <main id="content" className="w-full max-w-[1168px] flex-1 px-4 pt-6 pb-24 md:px-6 md:pb-12">
              {children}
            </main>
          </div>
          <nav
            aria-label="Places"
            className="fixed inset-x-0 bottom-0 z-20 border-t border-line bg-paper pb-[env(safe-area-inset-bottom)] md:hidden"
          >
            <BottomLinks />
          </nav>
        </div>
      </CityClock>
    </QueryProvider>
  );
}
