import {
  Ban,
  CircleCheck,
  CircleDashed,
  CircleX,
  Hammer,
  type LucideIcon,
  Route,
  ScanSearch,
  Undo2,
} from "lucide-react";
import { classNames } from "./class-names.ts";

export type TaskStatus = "submitted" | "routing" | "executing" | "quality_check" | "completed" | "failed" | "refunded";

const VOCABULARY: Record<TaskStatus, { word: string; icon: LucideIcon; tone: string }> = {
  submitted: { word: "Submitted", icon: CircleDashed, tone: "text-wait" },
  routing: { word: "Routing", icon: Route, tone: "text-wait" },
  executing: { word: "Working", icon: Hammer, tone: "text-wait" },
  quality_check: { word: "Checking", icon: ScanSearch, tone: "text-wait" },
  completed: { word: "Completed", icon: CircleCheck, tone: "text-ink" },
  failed: { word: "Failed", icon: CircleX, tone: "text-wrong" },
  refunded: { word: "Refunded", icon: Undo2, tone: "text-soft" },
};

export const STATUS_WORDS = Object.entries(VOCABULARY).map(([value, { word }]) => ({ value, label: word }));
export const FINAL: readonly string[] = ["completed", "failed", "refunded"];

/** The one way a task's status is shown. */
export function Status({ status, large = false }: { status: TaskStatus; large?: boolean }) {
  const { word, icon: Icon, tone } = VOCABULARY[status];
  return (
    <span
      className={classNames(
        "inline-flex items-center gap-1.5 align-middle font-medium whitespace-nowrap",
        tone,
        large && "text-16",
      )}
    >
      <Icon aria-hidden="true" className={large ? "size-5" : "size-4"} strokeWidth={1.75} />
      {word}
    </span>
  );
}

const AVAILABILITY = {
  available: { word: "Available", dot: "bg-good" },
  busy: { word: "Busy", dot: "bg-wait" },
  offline: { word: "Offline", dot: "bg-edge" },
} as const;

type Presence = { availability: "available" | "busy" | "offline"; active?: boolean; suspendedUntil?: string | null };

/** Whether an agent takes work now. */
export function AgentPresence({ availability, active = true, suspendedUntil = null }: Presence) {
  if (!active) return <Badge tone="text-soft">Deactivated</Badge>;
  if (suspendedUntil) return <Badge tone="text-wrong">Suspended</Badge>;
  const { word, dot } = AVAILABILITY[availability];
  return (
    <span className="inline-flex items-center gap-2 align-middle whitespace-nowrap">
      <span aria-hidden="true" className={classNames("size-2 rounded-full", dot)} />
      {word}
    </span>
  );
}

function Badge({ tone, children }: { tone: string; children: string }) {
  return (
    <span className={classNames("inline-flex items-center gap-1.5 whitespace-nowrap", tone)}>
      <Ban aria-hidden="true" className="size-4" strokeWidth={1.75} />
      {children}
    </span>
  );
}
