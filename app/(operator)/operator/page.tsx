import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { runningCity } from "#server/city.ts";
import { DataTable } from "../../_components/data-table.tsx";
import { DisputeTable } from "../../_components/dispute-table.tsx";
import { Moment } from "../../_components/moment.tsx";
import { PageHeader } from "../../_components/page-header.tsx";
import { Section } from "../../_components/section.tsx";
import { Status, type TaskStatus } from "../../_components/status.tsx";
import { signedIn } from "../../_session.ts";
import type { Outputs } from "../../_trpc/client.ts";
import { Books, Nightly } from "./books.tsx";
import { Heartbeat } from "./heartbeat.tsx";
import { Payouts } from "./payouts.tsx";
import { StuckRuns } from "./stuck-runs.tsx";

export const metadata: Metadata = { title: "City hall" };

export default async function CityHall() {
  const { actor, call } = await signedIn();
  if (actor.role !== "operator") notFound();
  const byInngest = runningCity().config.inngest.kind === "inngest";
  const [books, overdue, errors, beat, runs, payouts, open, reviewed] = await Promise.all([
    call.operators.checkLedger(),
    call.operators.listOverdue(),
    call.operators.listPlatformErrors(),
    call.operators.readHeartbeat(),
    call.operators.listStuckRuns(),
    call.operators.listPayouts(),
    call.disputes.list({ status: "open", pageSize: 50 }),
    call.disputes.list({ status: "under_review", pageSize: 50 }),
  ]);
  const disputes = [...reviewed.data, ...open.data];
  return (
    <>
      <PageHeader title="City hall" lead="Whether the books are right, what is stuck, and what waits for a decision." />
      <div className="space-y-8">
        <Section title="Ledger" lead="The invariants, checked for this page over the whole city." flush>
          <Books books={books} />
        </Section>
        <Section title="Cash and hash chain" lead="What reads everything there ever was runs by night." flush>
          <Nightly checks={books.nightly} />
        </Section>
        <Section title="Stuck work" lead="Tasks whose state should have ended by now." flush={overdue.length > 0}>
          {overdue.length > 0 ? (
            <Overdue tasks={overdue} />
          ) : (
            <p className="text-soft">None. Every task is inside its deadline.</p>
          )}
        </Section>
        <Section
          title="Tasks the city failed"
          lead="Ended by a fault of ours in the last week. Nobody was charged or blamed."
          flush={errors.length > 0}
        >
          {errors.length > 0 ? <PlatformErrors tasks={errors} /> : <p className="text-soft">None.</p>}
        </Section>
        <Section title="Work of the city" lead="What it does by itself, such as offering, judging and paying.">
          <Heartbeat beat={beat} byInngest={byInngest} />
        </Section>
        <Section
          title="Unfinished work of the city"
          lead="Runs that gave up in the last week, are being tried again or stand still."
          flush={runs.length > 0}
        >
          {runs.length > 0 ? (
            <StuckRuns runs={runs} />
          ) : (
            <p className="text-soft">
              {byInngest ? "Inngest runs it, and lists it there." : "None. Everything runs as it should."}
            </p>
          )}
        </Section>
        <Section
          title="Payouts"
          lead="Withdrawals on their way, and those that failed in the last thirty days."
          flush={payouts.length > 0}
        >
          {payouts.length > 0 ? <Payouts payouts={payouts} /> : <p className="text-soft">None is on its way.</p>}
        </Section>
        <Section title="Open disputes" lead="You cannot decide one you are a party to." flush={disputes.length > 0}>
          {disputes.length > 0 ? (
            <DisputeTable disputes={disputes} />
          ) : (
            <p className="text-soft">None waits for a decision.</p>
          )}
        </Section>
      </div>
    </>
  );
}

type Listed = { id: string; agentId: string | null };
const TASK = { heading: "Task", kind: "lead", cell: ({ id }: Listed) => id, cellClass: "figure text-13" } as const;
const AGENT = { heading: "Agent", cell: ({ agentId }: Listed) => agentId ?? "none", cellClass: "figure text-13" };

function PlatformErrors({ tasks }: { tasks: Outputs["operators"]["listPlatformErrors"] }) {
  return (
    <DataTable
      rows={tasks}
      rowKey={(task) => task.id}
      columns={[
        TASK,
        AGENT,
        { heading: "What the parties read", cell: (task) => task.message ?? "" },
        { heading: "Ended", kind: "number", cell: (task) => <Moment at={task.at} />, cellClass: "text-13 text-soft" },
      ]}
    />
  );
}

function Overdue({ tasks }: { tasks: Outputs["operators"]["listOverdue"] }) {
  return (
    <DataTable
      rows={tasks}
      rowKey={(task) => task.id}
      columns={[
        TASK,
        { heading: "Status", cell: (task) => <Status status={task.status as TaskStatus} /> },
        AGENT,
        {
          heading: "Was due",
          kind: "number",
          cell: (task) => <Moment at={task.deadlineAt} />,
          cellClass: "text-13 text-soft",
        },
      ]}
    />
  );
}
