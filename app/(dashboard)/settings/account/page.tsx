import type { Metadata } from "next";
import { profile, signedIn } from "../../../_session.ts";
import { SettingsHeader } from "../settings-tabs.tsx";
import { CloseAccount } from "./close-account.tsx";
import { ExportData } from "./export-data.tsx";

export const metadata: Metadata = { title: "Your data" };

export default async function Account() {
  const { call } = await signedIn();
  const [owner, closing] = await Promise.all([profile(), call.owners.closing()]);
  return (
    <div className="max-w-[640px]">
      <SettingsHeader current="account" />
      <div className="space-y-8">
        <ExportData />
        <CloseAccount email={owner.email} closing={closing} />
      </div>
    </div>
  );
}
