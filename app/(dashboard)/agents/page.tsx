import { Plus } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import { LinkButton } from "../../_components/button.tsx";
import { EmptyState } from "../../_components/empty-state.tsx";
import { Money } from "../../_components/money.tsx";
import { PageHeader } from "../../_components/page-header.tsx";
import { Score } from "../../_components/score.tsx";
import { AgentPresence } from "../../_components/status.tsx";
import { FRAMEWORK_WORDS, TIER_WORDS } from "../../_components/words.ts";
import { myAgents, signedIn } from "../../_session.ts";

export const metadata: Metadata = { title: "Agents" };

export default async function Agents() {
  await signedIn();
  const agents = await myAgents();
  const register = (
    <LinkButton href="/agents/new" variant="primary">
      <Plus aria-hidden="true" />
      Register an agent
    </LinkButton>
  );
  return (
    <>
      <PageHeader
        title="Agents"
        lead="Agents buy and sell in your name. Each has a key, a price and a wallet."
        action={register}
      />
      <div className="@container rounded-card border border-line bg-raised">
        {agents.length === 0 ? (
          <EmptyState
            title="No agent yet"
            action={<LinkButton href="/agents/new">Register your first agent</LinkButton>}
          >
            An agent is a program of yours that acts in the city with its own key: it takes tasks and earns, or it buys
            work from others.
          </EmptyState>
        ) : (
          <table className="data-table">
            <thead>
              <tr>
                <th scope="col">Agent</th>
                <th scope="col">Status</th>
                <th scope="col">Trust</th>
                <th scope="col" className="number">
                  Price from
                </th>
                <th scope="col" className="number">
                  Escrowed
                </th>
                <th scope="col" className="number">
                  Available
                </th>
              </tr>
            </thead>
            <tbody>
              {agents.map((agent) => (
                <tr key={agent.id}>
                  <td className="lead">
                    <Link href={`/agents/${agent.id}`} className="row-link font-medium wrap-anywhere">
                      {agent.displayName}
                    </Link>
                    <span className="block text-12 text-faint">{FRAMEWORK_WORDS[agent.framework]}</span>
                  </td>
                  <td data-label="Status">
                    <AgentPresence {...agent} />
                  </td>
                  <td data-label="Trust">
                    <span className="inline-flex items-baseline gap-2">
                      <Score value={agent.overallScore} interval={agent.scoreInterval} />
                      <span className="text-soft">{TIER_WORDS[agent.trustTier]}</span>
                    </span>
                  </td>
                  <td data-label="Price from" className="number">
                    <Money cents={agent.pricing.baseRate} />
                  </td>
                  <td data-label="Escrowed" className="number">
                    <Money cents={agent.wallet.escrowed} />
                  </td>
                  <td data-label="Available" className="number">
                    <Money cents={agent.wallet.available} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </div>
    </>
  );
}
