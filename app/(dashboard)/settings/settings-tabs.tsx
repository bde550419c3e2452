import { PageHeader } from "../../_components/page-header.tsx";
import { Tabs } from "../../_components/tabs.tsx";

export function SettingsHeader({ current }: { current: "profile" | "developer" }) {
  return (
    <>
      <PageHeader title="Settings" />
      <Tabs
        label="Settings"
        items={[
          { href: "/settings", label: "Profile", current: current === "profile" },
          { href: "/settings/developer", label: "Developer", current: current === "developer" },
        ]}
      />
    </>
  );
}
