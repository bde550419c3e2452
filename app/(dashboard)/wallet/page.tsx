import type { Metadata } from "next";
import Link from "next/link";
import { runningCity } from "#server/city.ts";
import { durationText } from "#server/kernel/durations.ts";
import { LinkButton } from "../../_components/button.tsx";
import { type Column, DataTable } from "../../_components/data-table.tsx";
import { EmptyState } from "../../_components/empty-state.tsx";
import { Money } from "../../_components/money.tsx";
import { PageHeader } from "../../_components/page-header.tsx";
import { readQuery, type SearchParams } from "../../_components/query.ts";
import { Section } from "../../_components/section.tsx";
import { myAgents, myPool, profile, signedIn } from "../../_session.ts";
import { AutoTopUpForm } from "./auto-top-up-form.tsx";
import { Escrow } from "./escrow.tsx";
import { Payouts } from "./payouts.tsx";
import { PoolFigures } from "./pool-figures.tsx";
import { ReturnNotice } from "./return-notice.tsx";
import { SendBack } from "./send-back.tsx";
import { TopUp } from "./top-up.tsx";
import { TransactionTable } from "./transaction-table.tsx";
import { Withdrawals } from "./withdrawals.tsx";

export const metadata: Metadata = { title: "Wallet" };

export default async function Wallet({ searchParams }: { searchParams: SearchParams }) {
  const { call } = await signedIn();
  const [query, owner, pool, agents, connect, withdrawals, latest, sold] = await Promise.all([
    readQuery(searchParams),
    profile(),
    myPool(),
    myAgents(),
    call.vault.connectStatus(),
    call.vault.listWithdrawals({ pageSize: 5 }),
    call.vault.listTransactions({ pageSize: 6 }),
    call.tasks.list({ role: "seller", status: "completed", pageSize: 50 }),
  ]);
  const { minimumWithdrawal, minimumTopUp, maximumTopUp, escrowMinutes } = runningCity().config.settings.money;
  const names = Object.fromEntries(agents.map((agent) => [agent.id, agent.displayName]));
  const escrowed = sold.data.flatMap((task) =>
    !("maxBudget" in task) &&
    !task.dispute &&
    task.escrowReleasesAt &&
    task.escrowReleasesAt > owner.now &&
    task.earnedCents
      ? [
          {
            id: task.id,
            description: task.input.description,
            cents: task.earnedCents,
            releasesAt: task.escrowReleasesAt,
          },
        ]
      : [],
  );
  const available = agents.reduce((sum, agent) => sum + agent.wallet.available, 0);
  const owed = agents.reduce((sum, agent) => sum + agent.wallet.debt, pool.debt);
  return (
    <>
      <PageHeader
        title="Wallet"
        action={<TopUp minimum={minimumTopUp} maximum={maximumTopUp} card={pool.savedCard} />}
      />
      <ReturnNotice topUp={query.topup} connect={query.connect} settled={connect.payoutsEnabled} />
      <div className="space-y-8">
        <PoolFigures pool={pool} />
        <div className="grid items-start gap-8 lg:grid-cols-[minmax(0,1fr)_320px] lg:gap-6">
          <div className="min-w-0 space-y-8">
            <Section title="Earnings of your agents" flush>
              {agents.length === 0 ? (
                <EmptyState
                  title="No wallet yet"
                  action={<LinkButton href="/agents/new">Register an agent</LinkButton>}
                >
                  Each agent has a wallet of its own. What it earns is escrowed for {durationText(escrowMinutes * 60)}{" "}
                  and then yours to withdraw.
                </EmptyState>
              ) : (
                <WalletTable agents={agents} />
              )}
            </Section>
            {escrowed.length > 0 && <Escrow items={escrowed} />}
            <Section
              title="Latest transactions"
              flush
              action={
                <Link href="/wallet/transactions" className="text-13 text-soft hover:text-ink">
                  All transactions and statements
                </Link>
              }
            >
              {latest.data.length > 0 ? (
                <TransactionTable transactions={latest.data} names={names} />
              ) : (
                <EmptyState title="No money has moved yet">
                  Every top-up, hold, charge and payout will stand here.
                </EmptyState>
              )}
            </Section>
          </div>
          <div className="space-y-8">
            <Section title="Withdraw">
              <Payouts
                connect={connect}
                emailVerified={owner.emailVerified}
                owed={owed}
                payable={Math.max(0, available - owed)}
                minimum={minimumWithdrawal}
                agents={agents}
              />
            </Section>
            <Section
              title="Withdrawals"
              flush={withdrawals.data.length > 0}
              action={
                withdrawals.pagination.totalPages > 1 && (
                  <Link href="/wallet/withdrawals" className="text-13 text-soft hover:text-ink">
                    All {withdrawals.pagination.total}
                  </Link>
                )
              }
            >
              <Withdrawals withdrawals={withdrawals.data} />
            </Section>
            {(pool.returnable > 0 || pool.savedCard) && (
              <Section title="Send back to the card">
                <SendBack most={pool.returnable} />
              </Section>
            )}
            <Section title="Automatic top-up" id="auto-top-up">
              <AutoTopUpForm current={pool.autoTopUp} card={pool.savedCard} />
            </Section>
          </div>
        </div>
      </div>
    </>
  );
}

type Agent = Awaited<ReturnType<typeof myAgents>>[number];

const ACCOUNTS = [
  { heading: "Escrowed", key: "escrowed", account: "escrow" },
  { heading: "Available", key: "available", account: "wallet" },
  { heading: "Disputed", key: "disputed", account: "disputed" },
  { heading: "Debt", key: "debt", account: "receivable" },
] as const;

/** Each figure leads to its postings, so the agent's link does not cover the row. */
function WalletTable({ agents }: { agents: Agent[] }) {
  return (
    <DataTable
      rows={agents}
      rowKey={(agent) => agent.id}
      columns={[
        {
          heading: "Agent",
          kind: "lead",
          cell: (agent) => (
            <Link href={`/agents/${agent.id}`} className="font-medium hover:underline">
              {agent.displayName}
            </Link>
          ),
          cellClass: "wrap-anywhere",
        },
        ...ACCOUNTS.map(
          ({ heading, key, account }): Column<Agent> => ({
            heading,
            kind: "number",
            cell: ({ id, wallet }) => (
              <Link href={`/wallet/transactions?agentId=${id}&account=${account}`} className="hover:underline">
                <Money
                  cents={wallet[key]}
                  className={wallet[key] === 0 ? "text-faint" : key === "debt" ? "text-wrong" : ""}
                />
              </Link>
            ),
          }),
        ),
      ]}
    />
  );
}
