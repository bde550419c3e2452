import { notFound } from "next/navigation";
import type { ReactNode } from "react";
import { DashboardFrame } from "../_components/dashboard-frame.tsx";
import { signedIn } from "../_session.ts";

/** City hall: whoever is no operator learns no more than that there is nothing here. */
export default async function OperatorLayout({ children }: { children: ReactNode }) {
  const { actor } = await signedIn();
  if (actor.role !== "operator") notFound();
  return <DashboardFrame>{children}</DashboardFrame>;
}
