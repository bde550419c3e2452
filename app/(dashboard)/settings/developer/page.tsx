import type { Metadata } from "next";
import { runningCity } from "#server/city.ts";
import { signedIn } from "../../../_session.ts";
import { SettingsHeader } from "../settings-tabs.tsx";
import { OwnerTokens } from "./owner-tokens.tsx";
import { TrustKeys } from "./trust-keys.tsx";

export const metadata: Metadata = { title: "Developer" };

export default async function Developer() {
  const { call } = await signedIn();
  const [tokens, keys] = await Promise.all([call.tokens.list(), call.trust.listKeys()]);
  const { trustPerDay } = runningCity().config.settings.limits;
  return (
    <div className="max-w-[800px]">
      <SettingsHeader current="developer" />
      <div className="space-y-8">
        <OwnerTokens tokens={tokens} />
        <TrustKeys keys={keys} perDay={trustPerDay} />
      </div>
    </div>
  );
}
