import type { ReactNode } from "react";
import { DashboardFrame } from "../_components/dashboard-frame.tsx";
import { signedIn } from "../_session.ts";

export default async function DashboardLayout({ children }: { children: ReactNode }) {
  await signedIn();
  return <DashboardFrame>{children}</DashboardFrame>;
}
