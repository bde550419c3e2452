import { DashboardFrame } from "./_components/dashboard-frame.tsx";
import { NothingHere } from "./_components/nothing-here.tsx";
import { SiteFrame } from "./_components/site-frame.tsx";
import { visitor } from "./_session.ts";

/** An address that no page has. Whoever is signed in keeps their frame. */
export default async function NotFound() {
  const { actor } = await visitor();
  if (actor.kind === "owner") {
    return (
      <DashboardFrame>
        <NothingHere />
      </DashboardFrame>
    );
  }
  return (
    <SiteFrame signedIn={false}>
      <NothingHere />
    </SiteFrame>
  );
}
