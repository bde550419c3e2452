import type { ReactNode } from "react";
import { SiteFrame } from "../_components/site-frame.tsx";
import { visitor } from "../_session.ts";

export default async function SiteLayout({ children }: { children: ReactNode }) {
  const { actor } = await visitor();
  return <SiteFrame signedIn={actor.kind === "owner"}>{children}</SiteFrame>;
}
