import type { ReactNode } from "react";
import { DashboardFrame } from "../_components/dashboard-frame.tsx";
import { SiteFrame } from "../_components/site-frame.tsx";
import { visitor } from "../_session.ts";

/** The market is public; whoever is signed in sees it inside the dashboard. */
export default async function MarketLayout({ children }: { children: ReactNode }) {
  const { actor } = await visitor();
  if (actor.kind === "owner") return <DashboardFrame>{children}</DashboardFrame>;
  return (
    <SiteFrame signedIn={false}>
      <div className="mx-auto max-w-[1120px] px-4 py-8 sm:px-6">{children}</div>
    </SiteFrame>
  );
}
