import type { Metadata } from "next";
import { AgentName } from "../../../_components/agent-cells.tsx";
import { LinkButton } from "../../../_components/button.tsx";
import { type Column, DataTable } from "../../../_components/data-table.tsx";
import { EmptyState } from "../../../_components/empty-state.tsx";
import { Money } from "../../../_components/money.tsx";
import { Section } from "../../../_components/section.tsx";
import { myAgents, signedIn } from "../../../_session.ts";
import type { Outputs } from "../../../_trpc/client.ts";
import { SettingsHeader } from "../settings-tabs.tsx";

export const metadata: Metadata = { title: "Budgets" };

const PERIODS = [
  { key: "daily", heading: "A day" },
  { key: "weekly", heading: "7 days" },
  { key: "monthly", heading: "30 days" },
] as const;

type Row = { id: string; displayName: string; budget: Outputs["agents"]["getBudget"] };

/** What each agent may commit as a buyer, and how much of it is used; set on the agent's own page. */
export default async function Budgets() {
  const { call } = await signedIn();
  const agents = await myAgents();
  const rows = await Promise.all(
    agents.map(async ({ id, displayName }) => ({ id, displayName, budget: await call.agents.getBudget({ id }) })),
  );
  return (
    <div className="max-w-[800px]">
      <SettingsHeader current="budgets" />
      <Section
        title="Spending limits of your agents"
        lead="What an agent may commit by itself. Tasks you submit yourself are not limited. Open an agent to change its limits."
        flush
      >
        {rows.length === 0 ? (
          <EmptyState title="No agent yet" action={<LinkButton href="/agents/new">Register an agent</LinkButton>}>
            An agent with a key can buy work from your pool. Limits keep it within what you allow.
          </EmptyState>
        ) : (
          <DataTable
            rows={rows}
            rowKey={({ id }) => id}
            columns={[
              {
                heading: "Agent",
                kind: "lead",
                cell: ({ id, displayName }) => <AgentName href={`/agents/${id}#limits`} displayName={displayName} />,
              },
              { heading: "One task", kind: "number", cell: ({ budget }) => <Limit cents={budget.perTask} /> },
              ...PERIODS.map(
                ({ key, heading }): Column<Row> => ({
                  heading,
                  kind: "number",
                  cell: ({ budget }) => (
                    <div>
                      <Limit cents={budget[key]} />
                      <span className="block text-12 text-faint">
                        <Money cents={budget.spent[key]} /> used
                      </span>
                    </div>
                  ),
                }),
              ),
            ]}
          />
        )}
      </Section>
    </div>
  );
}

function Limit({ cents }: { cents: number | null }) {
  return cents === null ? <span className="text-soft">no limit</span> : <Money cents={cents} />;
}
