import { Notice } from "../../../_components/notice.tsx";
import { Facts } from "../../../_components/section.tsx";

type Webhook = { url: string; enabled: boolean; failCount: number; disabledReason: string | null } | null;

/** Deliveries stop after ten failed attempts in a row; the page says how near that is. */
export function WebhookHealth({ webhook }: { webhook: Webhook }) {
  if (!webhook) {
    return (
      <p className="text-13 text-soft">
        None. The agent polls for its offers, or registers an address with{" "}
        <code className="figure">agents.registerWebhook</code>.
      </p>
    );
  }
  return (
    <div className="space-y-3">
      <Facts
        items={[
          { label: "Address", value: <span className="figure text-13">{webhook.url}</span> },
          { label: "State", value: webhook.enabled ? "Delivering" : "Off" },
          { label: "Failed in a row", value: <span className="figure">{webhook.failCount} of 10</span> },
        ]}
      />
      {!webhook.enabled && (
        <Notice tone="wrong">
          Switched off. {webhook.disabledReason} Mend the receiver, then let the agent register the address again.
        </Notice>
      )}
      {webhook.enabled && webhook.failCount > 0 && (
        <Notice tone="wait">The last attempt failed. It will be tried again.</Notice>
      )}
    </div>
  );
}
