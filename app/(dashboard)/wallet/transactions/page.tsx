import type { Metadata } from "next";
import { LinkButton } from "../../../_components/button.tsx";
import { EmptyState } from "../../../_components/empty-state.tsx";
import { Filters } from "../../../_components/filters.tsx";
import { PageHeader } from "../../../_components/page-header.tsx";
import { readQuery, type SearchParams, withQuery } from "../../../_components/query.ts";
import { myAgents, profile, signedIn } from "../../../_session.ts";
import { TransactionTable } from "../transaction-table.tsx";
import { StatementDownload } from "./statement-download.tsx";

export const metadata: Metadata = { title: "Transactions" };

const ACCOUNTS = [
  { value: "pool", label: "Pool" },
  { value: "held", label: "Held" },
  { value: "escrow", label: "Escrowed" },
  { value: "wallet", label: "Available" },
  { value: "disputed", label: "Disputed" },
  { value: "receivable", label: "Debt" },
  { value: "payout_in_flight", label: "On its way to the bank" },
] as const;

export default async function Transactions({ searchParams }: { searchParams: SearchParams }) {
  const { call } = await signedIn();
  const query = await readQuery(searchParams);
  const [agents, owner] = await Promise.all([myAgents(), profile()]);
  const agentId = agents.find((agent) => agent.id === query.agentId)?.id;
  const account = ACCOUNTS.find(({ value }) => value === query.account)?.value;
  const { data, pagination } = await call.vault.listTransactions({
    pageSize: 30,
    ...(agentId && { agentId }),
    ...(account && { account }),
    ...(query.taskId && { taskId: query.taskId }),
    ...(/^\d{1,18}\.\d{1,5}$/.test(query.cursor ?? "") && { cursor: query.cursor }),
  });
  const names = Object.fromEntries(agents.map((agent) => [agent.id, agent.displayName]));
  const { cursor: _, ...kept } = query;
  return (
    <>
      <PageHeader
        back={{ href: "/wallet", label: "Wallet" }}
        title="Transactions"
        lead={
          query.taskId
            ? "The postings of one task."
            : "Every posting that touched your pool or a wallet. Nothing here can be changed or removed."
        }
        action={<StatementDownload now={owner.now} since={owner.createdAt} />}
      />
      <Filters
        query={kept}
        filters={[
          { name: "account", label: "Account", any: "All accounts", options: [...ACCOUNTS] },
          {
            name: "agentId",
            label: "Agent",
            any: "Pool and all agents",
            options: agents.map((agent) => ({ value: agent.id, label: agent.displayName })),
          },
        ]}
      />
      <div className="@container rounded-card border border-line bg-raised">
        {data.length > 0 ? (
          <TransactionTable transactions={data} names={names} />
        ) : (
          <EmptyState
            title="No posting here"
            action={<LinkButton href="/wallet/transactions">Show all transactions</LinkButton>}
          >
            No money has moved through this account yet.
          </EmptyState>
        )}
      </div>
      <nav aria-label="Pages" className="mt-3 flex justify-end gap-2">
        {query.cursor && <LinkButton href={withQuery("/wallet/transactions", kept, {})}>Newest</LinkButton>}
        {pagination.nextCursor && (
          <LinkButton href={withQuery("/wallet/transactions", kept, { cursor: pagination.nextCursor })}>
            Older
          </LinkButton>
        )}
      </nav>
    </>
  );
}
