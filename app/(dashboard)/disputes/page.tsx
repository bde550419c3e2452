import type { Metadata } from "next";
import { runningCity } from "#server/city.ts";
import { durationText } from "#server/kernel/durations.ts";
import { LinkButton } from "../../_components/button.tsx";
import { DisputeTable } from "../../_components/dispute-table.tsx";
import { EmptyState } from "../../_components/empty-state.tsx";
import { PageHeader } from "../../_components/page-header.tsx";
import { Pagination } from "../../_components/pagination.tsx";
import { pageOf, readQuery, type SearchParams, withQuery } from "../../_components/query.ts";
import { signedIn } from "../../_session.ts";

export const metadata: Metadata = { title: "Disputes" };

export default async function Disputes({ searchParams }: { searchParams: SearchParams }) {
  const { call } = await signedIn();
  const query = await readQuery(searchParams);
  const { disputeDays } = runningCity().config.settings.money;
  const { data, pagination } = await call.disputes.list({ page: pageOf(query) });
  return (
    <>
      <PageHeader
        back={{ href: "/tasks", label: "Tasks" }}
        title="Disputes"
        lead="Objections to completed work, by you or about your agents."
      />
      <div className="@container rounded-card border border-line bg-raised">
        {data.length > 0 ? (
          <DisputeTable disputes={data} />
        ) : (
          <EmptyState title="No dispute" action={<LinkButton href="/tasks">See your tasks</LinkButton>}>
            A buyer can open one from a completed task, up to {durationText(disputeDays * 86_400)} after its completion.
          </EmptyState>
        )}
      </div>
      <Pagination {...pagination} hrefOf={(next) => withQuery("/disputes", query, { page: next })} />
    </>
  );
}
