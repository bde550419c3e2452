import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { runningCity } from "#server/city.ts";
import { PageHeader } from "../../_components/page-header.tsx";
import { Section } from "../../_components/section.tsx";
import { signedIn } from "../../_session.ts";
import { MoveClock } from "./move-clock.tsx";

export const metadata: Metadata = { title: "Clock" };

/** Local mode's own time, so that nobody has to wait for a window to close. */
export default async function Clock() {
  await signedIn();
  const { testClock, settings } = runningCity().config;
  if (!testClock) notFound();
  return (
    <div className="max-w-[640px]">
      <PageHeader
        title="Clock"
        lead="This city runs in local mode, so its time can be moved forward, for everyone and never back. Windows, deadlines and timers go with it."
      />
      <Section title="City time">
        <MoveClock steps={stepsOf(settings)} />
      </Section>
    </div>
  );
}

type Settings = ReturnType<typeof runningCity>["config"]["settings"];

function stepsOf({ money, auth }: Settings) {
  const signedOut = auth.sessionDays <= money.disputeDays ? " Sessions end: you sign in again." : "";
  return [
    { seconds: money.escrowMinutes * 60, effect: "Earnings leave escrow and can be withdrawn." },
    { seconds: money.disputeResponseHours * 3_600, effect: "A seller's time to answer a dispute is over." },
    { seconds: money.disputeDays * 86_400, effect: `No dispute can be opened any more.${signedOut}` },
  ];
}
