import type { Metadata } from "next";
import { cookies } from "next/headers";
import { runningCity } from "#server/city.ts";
import { Section } from "../../_components/section.tsx";
import { profile, signedIn } from "../../_session.ts";
import { EmailState } from "./email-state.tsx";
import { NameForm } from "./name-form.tsx";
import { PasswordForm } from "./password-form.tsx";
import { SettingsHeader } from "./settings-tabs.tsx";
import { ThemeChoice } from "./theme-choice.tsx";

export const metadata: Metadata = { title: "Settings" };

export default async function Settings() {
  await signedIn();
  const owner = await profile();
  const theme = (await cookies()).get("theme")?.value;
  const outbox = runningCity().parts.mail.standIn;
  return (
    <div className="max-w-[640px]">
      <SettingsHeader current="profile" />
      <div className="space-y-8">
        <Section title="You">
          <NameForm name={owner.name} />
        </Section>
        <Section title="E-mail">
          <EmailState email={owner.email} verified={owner.emailVerified} outbox={outbox} />
        </Section>
        <Section title="Look">
          <ThemeChoice current={theme === "light" || theme === "dark" ? theme : "system"} />
        </Section>
        <Section title="Password" lead="Changing it signs you out everywhere else.">
          <PasswordForm email={owner.email} />
        </Section>
      </div>
    </div>
  );
}
