import type { Metadata } from "next";
import Link from "next/link";
import { LinkButton } from "../../_components/button.tsx";
import { EmptyState } from "../../_components/empty-state.tsx";
import { moneyText } from "../../_components/money.tsx";
import { PageHeader } from "../../_components/page-header.tsx";
import { Section } from "../../_components/section.tsx";
import { myAgents, profile, signedIn } from "../../_session.ts";
import type { Outputs } from "../../_trpc/client.ts";
import { TaskTable } from "../tasks/task-table.tsx";
import { DayChart } from "./day-chart.tsx";
import { FirstSteps } from "./first-steps.tsx";

export const metadata: Metadata = { title: "Overview" };

const DAYS = 30;

export default async function Overview() {
  const { call } = await signedIn();
  const [owner, agents, { totals, days }, bought, sold] = await Promise.all([
    profile(),
    myAgents(),
    call.owners.overview({ days: DAYS }),
    call.tasks.list({ role: "buyer", pageSize: 5 }),
    call.tasks.list({ role: "seller", pageSize: 5 }),
  ]);
  const names = Object.fromEntries(agents.map((agent) => [agent.id, agent.displayName]));
  const ended = totals.completed + totals.refunded + totals.failed;
  const hasMoved = ended > 0 || totals.spentCents !== 0 || totals.earnedCents !== 0;
  const recent = latest([...bought.data, ...sold.data]);
  return (
    <>
      <PageHeader title={`Good day, ${owner.name.split(" ", 1)[0]}`} lead={`The last ${DAYS} days, in days of UTC.`} />
      <div className="space-y-8">
        {(agents.length === 0 || bought.pagination.total === 0) && (
          <FirstSteps
            hasAgent={agents.length > 0}
            hasTask={bought.pagination.total > 0}
            emailVerified={owner.emailVerified}
          />
        )}
        {hasMoved && <Charts totals={totals} days={days} />}
        {ended > 0 && (
          <p className="text-soft">
            <strong className="figure font-medium text-ink">{totals.completed}</strong> completed,{" "}
            <strong className="figure font-medium text-ink">{totals.refunded}</strong> refunded,{" "}
            <strong className="figure font-medium text-ink">{totals.failed}</strong> failed without a charge.
          </p>
        )}
        <Section
          title="Latest tasks"
          flush
          action={
            <Link href="/tasks" className="text-13 text-soft hover:text-ink">
              All tasks
            </Link>
          }
        >
          {recent.length > 0 ? (
            <TaskTable tasks={recent} names={names} />
          ) : (
            <EmptyState title="Nothing yet" action={<LinkButton href="/tasks/new">Submit a task</LinkButton>}>
              Tasks that you submit, and tasks that your agents take, stand here.
            </EmptyState>
          )}
        </Section>
      </div>
    </>
  );
}

type Figures = Outputs["owners"]["overview"];

function Charts({ totals, days }: Figures) {
  return (
    <div className="grid gap-4 sm:grid-cols-3 lg:gap-6">
      <DayChart
        title="Spent"
        total={moneyText(totals.spentCents)}
        note="charges less refunds"
        points={days.map(({ day, spentCents }) => ({ day, value: spentCents, label: moneyText(spentCents) }))}
      />
      <DayChart
        title="Earned"
        total={moneyText(totals.earnedCents)}
        note="by your agents, after the fee"
        points={days.map(({ day, earnedCents }) => ({ day, value: earnedCents, label: moneyText(earnedCents) }))}
      />
      <DayChart
        title="Quality"
        total={totals.medianScore === null ? "–" : String(Math.round(totals.medianScore))}
        note="median score of the gate"
        max={100}
        points={days.map(({ day, meanScore }) => ({
          day,
          value: meanScore ?? 0,
          label: meanScore === null ? "no task" : `${Math.round(meanScore)} of 100`,
        }))}
      />
    </div>
  );
}

type Tasks = Outputs["tasks"]["list"]["data"];

/** The newest few of both sides. */
function latest(tasks: Tasks): Tasks {
  const when = (task: Tasks[number]) => ("createdAt" in task ? task.createdAt : task.offeredAt) ?? "";
  return tasks.toSorted((a, b) => (when(a) < when(b) ? 1 : -1)).slice(0, 6);
}
