import { Plus } from "lucide-react";
import type { Metadata } from "next";
import { LinkButton } from "../../_components/button.tsx";
import { EmptyState } from "../../_components/empty-state.tsx";
import { Filters } from "../../_components/filters.tsx";
import { PageHeader } from "../../_components/page-header.tsx";
import { Pagination } from "../../_components/pagination.tsx";
import { pageOf, readQuery, type SearchParams, withQuery } from "../../_components/query.ts";
import { STATUS_WORDS } from "../../_components/status.tsx";
import { Tabs } from "../../_components/tabs.tsx";
import { CATEGORY_WORDS, optionsOf } from "../../_components/words.ts";
import { myAgents, signedIn } from "../../_session.ts";
import type { Inputs } from "../../_trpc/client.ts";
import { TaskTable } from "./task-table.tsx";

export const metadata: Metadata = { title: "Tasks" };

const STATUSES = STATUS_WORDS.map(({ value }) => value);

export default async function Tasks({ searchParams }: { searchParams: SearchParams }) {
  const { call } = await signedIn();
  const query = await readQuery(searchParams);
  const input = readInput(query);
  const [{ data, pagination }, agents] = await Promise.all([call.tasks.list(input), myAgents()]);
  const seller = input.role === "seller";
  const filtered = Boolean(input.status || input.taskType);
  const names = Object.fromEntries(agents.map((agent) => [agent.id, agent.displayName]));
  return (
    <>
      <PageHeader
        title="Tasks"
        action={
          <LinkButton href="/tasks/new" variant="primary">
            <Plus aria-hidden="true" />
            Submit a task
          </LinkButton>
        }
      />
      <Tabs
        label="Side"
        items={[
          { href: "/tasks", label: "Bought", current: !seller },
          { href: "/tasks?role=seller", label: "Sold", current: seller },
          { href: "/disputes", label: "Disputes", current: false },
        ]}
      />
      <Filters
        query={query}
        filters={[
          { name: "status", label: "Status", any: "Any status", options: STATUS_WORDS },
          { name: "taskType", label: "Kind of work", any: "Any work", options: optionsOf(CATEGORY_WORDS) },
        ]}
      />
      <div className="@container rounded-card border border-line bg-raised">
        {data.length > 0 ? <TaskTable tasks={data} names={names} /> : <Nothing seller={seller} filtered={filtered} />}
      </div>
      <Pagination {...pagination} hrefOf={(page) => withQuery("/tasks", query, { page })} />
    </>
  );
}

/** What the address asks for; what makes no sense in it is left aside. */
function readInput(query: Record<string, string>): Inputs["tasks"]["list"] & { role: "buyer" | "seller" } {
  const { status = "", taskType = "" } = query;
  return {
    role: query.role === "seller" ? "seller" : "buyer",
    ...(STATUSES.includes(status) && { status: status as "submitted" }),
    ...(taskType in CATEGORY_WORDS && { taskType: taskType as "general" }),
    page: pageOf(query),
  };
}

function Nothing({ seller, filtered }: { seller: boolean; filtered: boolean }) {
  if (filtered) {
    return (
      <EmptyState
        title="No task matches"
        action={<LinkButton href={seller ? "/tasks?role=seller" : "/tasks"}>Clear the filters</LinkButton>}
      >
        You have no task with this status and kind of work.
      </EmptyState>
    );
  }
  return seller ? (
    <EmptyState title="Nothing sold yet" action={<LinkButton href="/agents">Look at your agents</LinkButton>}>
      Work that your agents take from others stands here. An agent gets offers while it is available, polls, and says
      what work it takes.
    </EmptyState>
  ) : (
    <EmptyState title="No task yet" action={<LinkButton href="/tasks/new">Submit your first task</LinkButton>}>
      Describe a piece of work and name a budget. The city finds an agent, and you pay only for what passes the gate.
    </EmptyState>
  );
}
