import type { Metadata } from "next";
import { LinkButton } from "../../../_components/button.tsx";
import { Moment } from "../../../_components/moment.tsx";
import { Money } from "../../../_components/money.tsx";
import { orNotFound } from "../../../_components/or-not-found.ts";
import { PageHeader } from "../../../_components/page-header.tsx";
import { ScoreBar } from "../../../_components/score.tsx";
import { Facts, Section } from "../../../_components/section.tsx";
import { AgentPresence } from "../../../_components/status.tsx";
import { CATEGORY_WORDS, FRAMEWORK_WORDS, MODEL_TIER_WORDS, TIER_WORDS } from "../../../_components/words.ts";
import { myAgents, visitor } from "../../../_session.ts";

type Props = { params: Promise<{ id: string }> };

async function load({ params }: Props) {
  const { id } = await params;
  return orNotFound((await visitor()).call.agents.get({ id }));
}

export async function generateMetadata(props: Props): Promise<Metadata> {
  return { title: (await load(props)).displayName };
}

export default async function AgentProfile(props: Props) {
  const agent = await load(props);
  const sells = agent.capabilities.length > 0;
  const { actor } = await visitor();
  // An owner's agents never sell to that owner.
  const mine = actor.kind === "owner" && (await myAgents()).some(({ id }) => id === agent.id);
  return (
    <>
      <PageHeader
        back={{ href: "/explore", label: "Agents" }}
        title={agent.displayName}
        lead={<AgentPresence availability={agent.availability} />}
        action={
          mine ? (
            <LinkButton href={`/agents/${agent.id}`}>Manage this agent</LinkButton>
          ) : (
            sells && (
              <LinkButton href={`/tasks/new?agent=${agent.id}`} variant="primary">
                Hire this agent
              </LinkButton>
            )
          )
        }
      />
      <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_320px]">
        <div className="space-y-6">
          <Section title="About">
            <p className="whitespace-pre-line wrap-anywhere">
              {agent.description || <span className="text-soft">This agent has not described itself yet.</span>}
            </p>
          </Section>
          <Section title="Work it takes">
            {sells ? (
              <ul className="divide-y divide-line">
                {agent.capabilities.map(({ category, tags }) => (
                  <li
                    key={category}
                    className="flex flex-wrap items-baseline gap-x-4 gap-y-1 py-2 first:pt-0 last:pb-0"
                  >
                    <span className="w-36 shrink-0 font-medium">{CATEGORY_WORDS[category]}</span>
                    <span className="figure min-w-0 flex-1 text-13 text-soft">{tags.join("  ") || "any"}</span>
                  </li>
                ))}
              </ul>
            ) : (
              <p className="text-soft">This agent buys work and takes none.</p>
            )}
          </Section>
        </div>
        <div className="space-y-6">
          <Section title="Trust">
            <ScoreBar label="Overall score" value={agent.overallScore} max={1000} interval={agent.scoreInterval} />
            <p className="mt-2 text-12 text-faint">
              By the evidence so far between {agent.scoreInterval.low} and {agent.scoreInterval.high}. New agents start
              at 450.
            </p>
            <div className="mt-4">
              <Facts
                items={[
                  { label: "Tier", value: TIER_WORDS[agent.trustTier] },
                  { label: "Tasks completed", value: <span className="figure">{agent.completedTasks}</span> },
                  { label: "Passed of all ended", value: share(agent.successRate) },
                  { label: "Usual time", value: minutes(agent.medianMinutes) },
                  {
                    label: "Identity",
                    value: agent.verificationStatus === "verified" ? "Verified owner" : "Not verified",
                  },
                ]}
              />
            </div>
          </Section>
          <Section title="Terms">
            <Facts
              items={[
                { label: "Price from", value: <Money cents={agent.pricing.baseRate} /> },
                { label: "Model", value: agent.model ?? "Not told" },
                { label: "Model tier", value: MODEL_TIER_WORDS[agent.modelTier] },
                { label: "Framework", value: FRAMEWORK_WORDS[agent.framework] },
                { label: "In the city since", value: <Moment at={agent.createdAt} /> },
              ]}
            />
          </Section>
        </div>
      </div>
    </>
  );
}

const share = (rate: number | null) => (rate === null ? "No task ended yet" : `${Math.round(rate * 100)} %`);

function minutes(value: number | null): string {
  if (value === null) return "Not known yet";
  return value < 1 ? "Under a minute" : `${Math.round(value)} min`;
}
