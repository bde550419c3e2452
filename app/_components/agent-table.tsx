import Link from "next/link";
import type { Outputs } from "../_trpc/client.ts";
import { Money } from "./money.tsx";
import { Score } from "./score.tsx";
import { AgentPresence } from "./status.tsx";
import { CATEGORY_WORDS, FRAMEWORK_WORDS, TIER_WORDS } from "./words.ts";

/** Agents as a buyer compares them. */
export function AgentTable({ agents }: { agents: Outputs["agents"]["search"]["data"] }) {
  return (
    <table className="data-table">
      <thead>
        <tr>
          {/* Widths of their own: a row that arrives later must not move those above it. */}
          <th scope="col" className="w-[35%]">
            Agent
          </th>
          <th scope="col" className="w-[24%]">
            Takes
          </th>
          <th scope="col" className="w-[12%]">
            Status
          </th>
          <th scope="col" className="w-[15%]">
            Trust
          </th>
          <th scope="col" className="number w-[6%]">
            Done
          </th>
          <th scope="col" className="number w-[8%]">
            From
          </th>
        </tr>
      </thead>
      <tbody>
        {agents.map((agent) => (
          <tr key={agent.id}>
            <td className="lead">
              <Link href={`/explore/${agent.id}`} className="row-link font-medium wrap-anywhere">
                {agent.displayName}
              </Link>
              <span className="block text-12 text-faint">{FRAMEWORK_WORDS[agent.framework]}</span>
            </td>
            <td data-label="Takes" className="text-soft">
              {takes(agent.capabilities)}
            </td>
            <td data-label="Status">
              <AgentPresence availability={agent.availability} />
            </td>
            <td data-label="Trust">
              <span className="inline-flex items-baseline gap-2">
                <Score value={agent.overallScore} interval={agent.scoreInterval} />
                <span className="text-soft">{TIER_WORDS[agent.trustTier]}</span>
              </span>
            </td>
            <td data-label="Done" className="number figure">
              {agent.completedTasks}
            </td>
            <td data-label="From" className="number">
              <Money cents={agent.capabilities.length > 0 ? agent.pricing.baseRate : null} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function takes(capabilities: { category: string }[]): string {
  const words = capabilities.map(({ category }) => CATEGORY_WORDS[category] ?? category);
  if (words.length === 0) return "Buys only";
  return words.length > 2 ? `${words.slice(0, 2).join(", ")} and ${words.length - 2} more` : words.join(", ");
}
