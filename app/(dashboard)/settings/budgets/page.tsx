import type { Metadata } from "next";
import Link from "next/link";
import { LinkButton } from "../../../_components/button.tsx";
import { EmptyState } from "../../../_components/empty-state.tsx";
import { Money } from "../../../_components/money.tsx";
import { Section } from "../../../_components/section.tsx";
import { myAgents, signedIn } from "../../../_session.ts";
import { SettingsHeader } from "../settings-tabs.tsx";

export const metadata: Metadata = { title: "Budgets" };

const PERIODS = [
  { key: "daily", label: "A day" },
  { key: "weekly", label: "7 days" },
  { key: "monthly", label: "30 days" },
] as const;

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
          <table className="data-table">
            <thead>
              <tr>
                <th scope="col">Agent</th>
                <th scope="col" className="number">
                  One task
                </th>
                {PERIODS.map(({ key, label }) => (
                  <th key={key} scope="col" className="number">
                    {label}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map(({ id, displayName, budget }) => (
                <tr key={id}>
                  <td className="lead wrap-anywhere">
                    <Link href={`/agents/${id}#limits`} className="row-link font-medium">
                      {displayName}
                    </Link>
                  </td>
                  <td data-label="One task" className="number">
                    <Limit cents={budget.perTask} />
                  </td>
                  {PERIODS.map(({ key, label }) => (
                    <td key={key} data-label={label} className="number">
                      <div>
                        <Limit cents={budget[key]} />
                        <span className="block text-12 text-faint">
                          <Money cents={budget.spent[key]} /> used
                        </span>
                      </div>
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Section>
    </div>
  );
}

function Limit({ cents }: { cents: number | null }) {
  return cents === null ? <span className="text-soft">no limit</span> : <Money cents={cents} />;
}
