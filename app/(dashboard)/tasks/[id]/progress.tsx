import Link from "next/link";
import { classNames } from "../../../_components/class-names.ts";
import { Moment } from "../../../_components/moment.tsx";
import { FINAL, Status, type TaskStatus } from "../../../_components/status.tsx";
import { FAILURE_WORDS, SELLER_FAILURE_WORDS } from "../../../_components/words.ts";
import { sentenceOf } from "./event-words.ts";
import { type AnyTask, isBought, type TaskEvent } from "./task-types.ts";

type Props = { task: AnyTask; events: TaskEvent[] };

/** Where the task stands, why, and everything that happened to it. */
export function Progress({ task, events }: Props) {
  const status = task.status as TaskStatus;
  const over = FINAL.includes(status);
  const agentId = isBought(task) ? task.agentId : null;
  const agent = agentId ? nameOf(agentId, events) : undefined;
  return (
    <div>
      <div aria-live="polite">
        <Status status={status} large />
        <p className="mt-1 min-h-10 text-13 text-soft">{explain(task, agent)}</p>
      </div>
      {agentId && (
        <p className="mt-2 text-13">
          Agent{" "}
          <Link href={`/explore/${agentId}`} className="underline">
            {agent ?? "of the city"}
          </Link>
        </p>
      )}
      {/* Room for the seven steps of the usual way, so that nothing below moves while they come in. */}
      <ol className={classNames("mt-4 border-l border-line", !over && "min-h-[308px]")}>
        {events.map((event) => (
          <li key={event.id} className="relative pb-3 pl-4 last:pb-0">
            <span aria-hidden="true" className="absolute top-[7px] -left-[3.5px] size-1.5 rounded-full bg-faint" />
            <p className="text-13 wrap-anywhere">{sentenceOf(event)}</p>
            <p className="text-12 text-faint">
              <Moment at={event.at} />
            </p>
          </li>
        ))}
      </ol>
    </div>
  );
}

/** What an agent was called when the task was offered to it: the events go on while the page is open. */
function nameOf(agentId: string, events: TaskEvent[]): string | undefined {
  const offer = events.findLast(({ type, data }) => type === "offered" && data.agentId === agentId);
  return offer && String(offer.data.agent);
}

/** `agent` is whom a buyer's task was offered to last, by name. */
function explain(task: AnyTask, agent: string | undefined): string {
  // What else is known stands in the timeline.
  if (task.status === "failed") {
    return (isBought(task) ? FAILURE_WORDS : SELLER_FAILURE_WORDS)[task.failureReason ?? ""] ?? "";
  }
  if (task.status === "routing" && agent) return `Offered to ${agent}; waiting for it to commit.`;
  return EXPLANATIONS[task.status] ?? "";
}

const EXPLANATIONS: Record<string, string> = {
  submitted: "The budget is held. The city starts to look for an agent.",
  routing: "The city is looking for the best agent that is free.",
  executing: "An agent has committed and works in a sealed sandbox.",
  quality_check: "The work is delivered. The gate is checking it.",
  completed: "The work passed the gate and is charged.",
  refunded: "The whole charge went back to the buyer. The work stays readable.",
};
