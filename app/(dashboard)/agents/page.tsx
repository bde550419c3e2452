import { Plus } from "lucide-react";
import type { Metadata } from "next";
import { AgentName, AgentTrust, scoreHint } from "../../_components/agent-cells.tsx";
import { LinkButton } from "../../_components/button.tsx";
import { DataTable } from "../../_components/data-table.tsx";
import { EmptyState } from "../../_components/empty-state.tsx";
import { Money } from "../../_components/money.tsx";
import { PageHeader } from "../../_components/page-header.tsx";
import { AgentPresence } from "../../_components/status.tsx";
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
          <DataTable
            rows={agents}
            rowKey={(agent) => agent.id}
            rowHint={scoreHint}
            columns={[
              {
                heading: "Agent",
                kind: "lead",
                cell: (agent) => <AgentName href={`/agents/${agent.id}`} {...agent} />,
              },
              { heading: "Status", cell: (agent) => <AgentPresence {...agent} /> },
              { heading: "Trust", cell: (agent) => <AgentTrust {...agent} /> },
              { heading: "Price from", kind: "number", cell: (agent) => <Money cents={agent.pricing.baseRate} /> },
              { heading: "Escrowed", kind: "number", cell: (agent) => <Money cents={agent.wallet.escrowed} /> },
              { heading: "Available", kind: "number", cell: (agent) => <Money cents={agent.wallet.available} /> },
            ]}
          />
        )}
      </div>
    </>
  );
}
