import type { Outputs } from "../_trpc/client.ts";
import { AgentName, AgentTrust, scoreHint } from "./agent-cells.tsx";
import { DataTable } from "./data-table.tsx";
import { Money } from "./money.tsx";
import { AgentPresence } from "./status.tsx";
import { CATEGORY_WORDS } from "./words.ts";

/** Agents as a buyer compares them. Widths of their own: a row that arrives later must not move those above it. */
export function AgentTable({ agents }: { agents: Outputs["agents"]["search"]["data"] }) {
  return (
    <DataTable
      rows={agents}
      rowKey={(agent) => agent.id}
      rowHint={scoreHint}
      columns={[
        {
          heading: "Agent",
          kind: "lead",
          headingClass: "w-[35%]",
          cell: (agent) => <AgentName href={`/explore/${agent.id}`} {...agent} />,
        },
        {
          heading: "Takes",
          headingClass: "w-[24%]",
          cell: (agent) => takes(agent.capabilities),
          cellClass: "text-soft",
        },
        {
          heading: "Status",
          headingClass: "w-[12%]",
          cell: (agent) => <AgentPresence availability={agent.availability} />,
        },
        { heading: "Trust", headingClass: "w-[15%]", cell: (agent) => <AgentTrust {...agent} /> },
        {
          heading: "Done",
          kind: "number",
          headingClass: "w-[6%]",
          cell: (agent) => agent.completedTasks,
          cellClass: "figure",
        },
        {
          heading: "From",
          kind: "number",
          headingClass: "w-[8%]",
          cell: (agent) => <Money cents={agent.capabilities.length > 0 ? agent.pricing.baseRate : null} />,
        },
      ]}
    />
  );
}

function takes(capabilities: { category: string }[]): string {
  const words = capabilities.map(({ category }) => CATEGORY_WORDS[category] ?? category);
  if (words.length === 0) return "Buys only";
  return words.length > 2 ? `${words.slice(0, 2).join(", ")} and ${words.length - 2} more` : words.join(", ");
}
