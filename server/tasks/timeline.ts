import type { z } from "zod";
import type { Ctx } from "../context.ts";
import type { taskEventView, taskStatus } from "./schema.ts";
import { FINAL } from "./states.ts";

export type TaskEventView = z.infer<typeof taskEventView>;
type Status = z.infer<typeof taskStatus>;

/** Who reads: the buyer everything, a seller what happened from its own offer on, as far as that one reached. */
export type Viewer = { side: "buyer" } | { side: "seller"; agentId: string | null };

export type Timeline = {
  events: TaskEventView[];
  /** Nothing more will come that a live reader waits for: the task is final, or the seller's offer is over. */
  ended: boolean;
};

/** The status a task has from an event of this type on; the others leave it as it was. */
const STATUS_AFTER: Readonly<Record<string, Status>> = {
  submitted: "submitted",
  routing: "routing",
  offered: "routing",
  offer_ended: "routing",
  executing: "executing",
  quality_check: "quality_check",
  completed: "completed",
  failed: "failed",
  refunded: "refunded",
};

/** What of an event's facts the seller is not shown: other offers, the choice, the buyer's repository. */
const HIDDEN_FROM_SELLER: Readonly<Record<string, readonly string[]>> = {
  offered: ["reason"],
  offer_ended: ["reason", "message"],
  sandbox_ready: ["commit"],
  // Why a repository could not be fetched names it.
  failed: ["message"],
};
/** The seller's share is the seller's business. */
const HIDDEN_FROM_BUYER: Readonly<Record<string, readonly string[]>> = { escrow_released: ["released"] };

type EventRow = { id: bigint; type: string; data: Record<string, unknown>; at: Date };

/**
 * A task's stored events in order, in the reader's view. A task has a few dozen at most, so the whole story is read
 * each time: the status at an event follows from those before it. Ids of one task rise in the order of commit, since
 * whoever records one holds the task's row.
 */
export async function readTimeline(ctx: Ctx, taskId: string, viewer: Viewer): Promise<Timeline> {
  const rows = await ctx.db.$queryRaw<EventRow[]>`
    select id, type, data, at from task_event where task_id = ${taskId} order by id`;
  const [first, last] = viewer.side === "buyer" ? [0, rows.length - 1] : reach(rows, viewer.agentId);
  let status: Status | null = null;
  const events = rows.flatMap((row, index) => {
    const before = status;
    status = statusAfter(row) ?? status;
    return index < first || index > last ? [] : [viewEvent(row, status === before ? null : status, viewer)];
  });
  const outbid = viewer.side === "seller" && rows[last]?.type === "offer_ended";
  return { events, ended: isFinal(status) || outbid || last < first };
}

/** From the agent's latest offer to its end, or to now. */
function reach(rows: readonly EventRow[], agentId: string | null): [number, number] {
  const first = rows.findLastIndex((row) => row.type === "offered" && row.data.agentId === agentId);
  if (first < 0) return [0, -1];
  const end = rows.findIndex((row, index) => index > first && row.type === "offer_ended");
  return [first, end < 0 ? rows.length - 1 : end];
}

function statusAfter({ type, data }: EventRow): Status | undefined {
  if (type === "dispute_resolved" && data.outcome === "resolved_buyer") return "refunded";
  return STATUS_AFTER[type];
}

function isFinal(status: Status | null): boolean {
  return status !== null && FINAL.includes(status);
}

function viewEvent({ id, type, data, at }: EventRow, status: Status | null, viewer: Viewer): TaskEventView {
  const hidden = (viewer.side === "buyer" ? HIDDEN_FROM_BUYER : HIDDEN_FROM_SELLER)[type] ?? [];
  const facts = Object.fromEntries(Object.entries(data).filter(([key]) => !hidden.includes(key)));
  return { id: String(id), type, at: at.toISOString(), status, data: facts };
}
