import type { Metadata } from "next";
import Link from "next/link";
import { runningCity } from "#server/city.ts";
import { profile, signedIn } from "../../../_session.ts";
import { SettingsHeader } from "../settings-tabs.tsx";
import { TopicList } from "./topic-list.tsx";

export const metadata: Metadata = { title: "Notifications" };

export default async function Notifications() {
  const { call } = await signedIn();
  const [owner, wanted] = await Promise.all([profile(), call.owners.notifications()]);
  const outbox = runningCity().parts.mail.standIn;
  return (
    <div className="max-w-[640px]">
      <SettingsHeader current="notifications" />
      <TopicList wanted={wanted} email={owner.email} />
      {outbox && (
        <p className="mt-4 text-13 text-soft">
          This city runs on one machine and sends no mail. What it would send is in the{" "}
          <Link href="/outbox" className="underline underline-offset-2 hover:text-ink">
            local outbox
          </Link>
          .
        </p>
      )}
    </div>
  );
}
