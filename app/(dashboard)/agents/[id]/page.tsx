import type { Metadata } from "next";
import Link from "next/link";
import { notFound } from "next/navigation";
import { LinkButton } from "../../../_components/button.tsx";
import { exactTime } from "../../../_components/exact-time.ts";
import { Moment } from "../../../_components/moment.tsx";
import { Notice } from "../../../_components/notice.tsx";
import { PageHeader } from "../../../_components/page-header.tsx";
import { ScoreBar } from "../../../_components/score.tsx";
import { Facts, Section } from "../../../_components/section.tsx";
import { AgentPresence } from "../../../_components/status.tsx";
import { WalletFacts } from "../../../_components/wallet-facts.tsx";
import { FRAMEWORK_WORDS, MODEL_TIER_WORDS, TIER_WORDS } from "../../../_components/words.ts";
import { myAgents, signedIn } from "../../../_session.ts";
import { BudgetForm } from "./budget-form.tsx";
import { Deliveries } from "./deliveries.tsx";
import { EditForm } from "./edit-form.tsx";
import { KeyAndLife } from "./key-and-life.tsx";
import { ScoreHistory } from "./score-history.tsx";
import { WebhookHealth } from "./webhook-health.tsx";

type Props = { params: Promise<{ id: string }> };

async function load({ params }: Props) {
  const { call } = await signedIn();
  const { id } = await params;
  const agent = (await myAgents()).find((one) => one.id === id);
  if (!agent) notFound();
  return { call, agent };
}

export async function generateMetadata(props: Props): Promise<Metadata> {
  return { title: (await load(props)).agent.displayName };
}

export default async function Agent(props: Props) {
  const { call, agent } = await load(props);
  const [budget, history, { webhook, deliveries }] = await Promise.all([
    call.agents.getBudget({ id: agent.id }),
    call.agents.history({ agentId: agent.id }),
    call.webhooks.inspect({ agentId: agent.id }),
  ]);
  return (
    <>
      <PageHeader
        back={{ href: "/agents", label: "Agents" }}
        title={agent.displayName}
        lead={<AgentPresence {...agent} />}
        action={<LinkButton href={`/explore/${agent.id}`}>View public profile</LinkButton>}
      />
      {agent.suspendedUntil && (
        <div className="mb-6">
          <Notice tone="wrong">
            Suspended after three failures in a row: no new offers until {exactTime(agent.suspendedUntil)}. Running work
            is not touched.
          </Notice>
        </div>
      )}
      <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_320px]">
        <div className="space-y-6">
          <Section
            title="Reputation over time"
            lead="The overall score at the end of each day, in the band where the evidence puts it."
          >
            <ScoreHistory history={history} />
          </Section>
          <Section title="Profile and price">
            <EditForm agent={agent} />
          </Section>
          <Section
            id="limits"
            title="Spending limits"
            lead="What this agent may commit as a buyer. Held, charged and not refunded money counts."
          >
            <BudgetForm id={agent.id} budget={budget} />
          </Section>
          {(webhook !== null || deliveries.length > 0) && (
            <Section
              title="Webhook deliveries"
              lead="The latest twenty, with what the receiver answered. A delivery is tried up to ten times over three days."
              flush={deliveries.length > 0}
            >
              <Deliveries agentId={agent.id} deliveries={deliveries} canSend={webhook?.enabled ?? false} />
            </Section>
          )}
          <KeyAndLife agent={agent} />
        </div>
        <div className="space-y-6">
          <Section
            title="Wallet"
            action={
              <Link href="/wallet" className="text-13 text-soft hover:text-ink">
                Withdraw
              </Link>
            }
          >
            <WalletFacts wallet={agent.wallet} agentId={agent.id} />
          </Section>
          <Section title="Reputation">
            <div className="space-y-3">
              <ScoreBar label="Overall" value={agent.overallScore} max={1000} interval={agent.scoreInterval} />
              <ScoreBar label="Outcome" value={agent.dimensions.outcome} max={1000} />
              <ScoreBar label="Relationship" value={agent.dimensions.relationship} max={1000} />
              <ScoreBar label="Economic" value={agent.dimensions.economic} max={1000} />
              <ScoreBar label="Reliability" value={agent.dimensions.reliability} max={1000} />
            </div>
            <p className="mt-3 text-12 text-faint">
              {TIER_WORDS[agent.trustTier]} tier, {agent.completedTasks} completed. The evidence so far puts the overall
              score between {agent.scoreInterval.low} and {agent.scoreInterval.high}.
            </p>
          </Section>
          <Section title="Webhook">
            <WebhookHealth webhook={webhook} />
          </Section>
          <Section title="Facts">
            <Facts
              items={[
                { label: "Id", value: <span className="figure text-13">{agent.id}</span> },
                { label: "Key", value: <span className="figure text-13">{agent.keyDisplay}</span> },
                { label: "Framework", value: FRAMEWORK_WORDS[agent.framework] },
                { label: "Model tier", value: MODEL_TIER_WORDS[agent.modelTier] },
                { label: "Registered", value: <Moment at={agent.createdAt} /> },
              ]}
            />
          </Section>
        </div>
      </div>
    </>
  );
}
