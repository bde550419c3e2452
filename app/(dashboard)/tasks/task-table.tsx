import Link from "next/link";
import { DataTable } from "../../_components/data-table.tsx";
import { exactTime } from "../../_components/exact-time.ts";
import { Moment } from "../../_components/moment.tsx";
import { Money } from "../../_components/money.tsx";
import { Status, type TaskStatus } from "../../_components/status.tsx";
import { CATEGORY_WORDS } from "../../_components/words.ts";
import type { Outputs } from "../../_trpc/client.ts";

type Task = Outputs["tasks"]["list"]["data"][number];

/** Tasks of one side. `names` are those of the owner's own agents. */
export function TaskTable({ tasks, names }: { tasks: Task[]; names: Record<string, string> }) {
  return (
    <DataTable
      rows={tasks}
      rowKey={(task) => task.id}
      rowHint={(task) => {
        const at = timeOf(task);
        return at ? exactTime(at) : undefined;
      }}
      columns={[
        {
          heading: "Task",
          kind: "lead",
          cell: (task) => (
            <>
              <Link href={`/tasks/${task.id}`} className="row-link block truncate font-medium">
                {titleOf(task.input.description)}
              </Link>
              <span className="block truncate text-12 text-faint">{lineOf(task, names)}</span>
            </>
          ),
          cellClass: "w-full max-w-0 @max-[619px]:max-w-none",
        },
        { heading: "Status", cell: (task) => <Status status={task.status as TaskStatus} /> },
        {
          heading: "Score",
          kind: "number",
          cell: (task) => task.qualityScore ?? <span className="text-faint">–</span>,
          cellClass: "figure",
        },
        { heading: "Amount", kind: "number", cell: (task) => <Amount task={task} /> },
        {
          heading: "When",
          kind: "number",
          cell: (task) => <Moment at={timeOf(task)} />,
          cellClass: "text-13 text-soft",
        },
      ]}
    />
  );
}

/** The first line of what was asked. */
export function titleOf(description: unknown): string {
  const line =
    String(description ?? "")
      .trim()
      .split("\n", 1)[0] ?? "";
  return line.length > 140 ? `${line.slice(0, 139)}…` : line || "Task";
}

function lineOf(task: Task, names: Record<string, string>): string {
  const kind = CATEGORY_WORDS[task.taskType] ?? task.taskType;
  if (!("maxBudget" in task)) return kind;
  return task.buyerAgentId ? `${kind}, bought by ${names[task.buyerAgentId] ?? "an agent"}` : kind;
}

const timeOf = (task: Task) => ("createdAt" in task ? task.createdAt : task.offeredAt);

/** What the task cost or brought, or the most it can cost while it is not settled. */
function Amount({ task }: { task: Task }) {
  if (!("maxBudget" in task)) {
    const kept = task.status === "refunded" || task.status === "failed" ? 0 : task.earnedCents;
    return kept === null || kept === undefined ? <Money cents={task.quotedCents} /> : <Money cents={kept} signed />;
  }
  if (task.status === "failed" || task.status === "refunded") return <Money cents={0} />;
  if (task.creditsCharged !== null) return <Money cents={-task.creditsCharged} />;
  return (
    <span className="text-soft">
      held <Money cents={task.maxBudget} />
    </span>
  );
}
