import { PageHeader } from "../../_components/page-header.tsx";
import { Tabs } from "../../_components/tabs.tsx";

const PLACES = [
  { name: "profile", href: "/settings", label: "Profile" },
  { name: "notifications", href: "/settings/notifications", label: "Notifications" },
  { name: "budgets", href: "/settings/budgets", label: "Budgets" },
  { name: "developer", href: "/settings/developer", label: "Developer" },
  { name: "account", href: "/settings/account", label: "Data" },
] as const;

export function SettingsHeader({ current }: { current: (typeof PLACES)[number]["name"] }) {
  return (
    <>
      <PageHeader title="Settings" />
      <Tabs
        label="Settings"
        items={PLACES.map(({ name, href, label }) => ({ href, label, current: name === current }))}
      />
    </>
  );
}
