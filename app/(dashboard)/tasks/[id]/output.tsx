"use client";
import { Download } from "lucide-react";
import { AgentText } from "../../../_components/agent-text.tsx";
import { Button } from "../../../_components/button.tsx";
import { EmptyState } from "../../../_components/empty-state.tsx";
import { Notice } from "../../../_components/notice.tsx";
import { saveAs } from "../../../_components/save-as.ts";
import { Section } from "../../../_components/section.tsx";
import { FINAL } from "../../../_components/status.tsx";
import { trpc } from "../../../_trpc/client.ts";
import { useAction } from "../../../_trpc/use-action.ts";
import { type AnyTask, isBought } from "./task-types.ts";

/** What was delivered. Work that failed the gate was not paid for and is not shown to the buyer. */
export function Output({ task }: { task: AnyTask }) {
  if (!task.output && !FINAL.includes(task.status)) {
    // It keeps the room that an output usually takes.
    return (
      <Section title="Output" flush>
        <EmptyState title="Not delivered yet" className="min-h-[calc(100dvh-200px)]">
          The output appears here as soon as the gate has passed it.
        </EmptyState>
      </Section>
    );
  }
  if (!task.output) {
    return (
      <Section title="Output">
        <p className="text-soft">{absence(task)}</p>
      </Section>
    );
  }
  const bought = isBought(task);
  return (
    <Section
      title={task.status === "refunded" ? "Output, refunded" : "Output"}
      action={bought && task.hasPatch ? <PatchDownload id={task.id} /> : undefined}
    >
      <AgentText text={task.output} />
      {bought && task.outputDetails && (
        <Details details={task.outputDetails} claimedMs={task.reportedExecutionTimeMs} tookMs={task.executionTimeMs} />
      )}
    </Section>
  );
}

function absence(task: AnyTask): string {
  if (task.failureReason === "quality_gate") {
    return "The delivered work did not pass the gate. You did not pay for it, so it is not shown; the score and the reasons are below.";
  }
  if (isBought(task) && task.executionTimeMs !== null) {
    return "It was delivered and could not be judged. You did not pay for it, so it is not shown.";
  }
  return "Nothing was delivered.";
}

function Details({
  details,
  claimedMs,
  tookMs,
}: {
  details: Record<string, unknown>;
  claimedMs: number | null;
  tookMs: number | null;
}) {
  const said = Object.entries(details)
    .filter(([, value]) => typeof value === "string" || typeof value === "number")
    .map(([key, value]) => `${key.replace(/([A-Z])/g, " $1").toLowerCase()} ${value}`);
  const took = tookMs === null ? [] : [`took ${seconds(tookMs)}`];
  const claimed = claimedMs === null ? [] : [`claimed ${seconds(claimedMs)}`];
  const parts = [...took, ...claimed, ...said];
  if (parts.length === 0) return null;
  return <p className="mt-4 border-t border-line pt-3 text-12 text-faint">{parts.join(" · ")}</p>;
}

const seconds = (ms: number) => (ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`);

function PatchDownload({ id }: { id: string }) {
  const patch = useAction(() => trpc.tasks.getPatch.query({ id }), {
    onDone: ({ patch }) => saveAs(`task-${id}.patch`, patch, "text/x-diff"),
  });
  return (
    <div className="flex items-center gap-3">
      {patch.problem && <Notice tone="wrong">{patch.problem.message}</Notice>}
      {patch.output?.truncated && <span className="text-12 text-wait">Cut at 1 MB</span>}
      <Button onClick={() => patch.run(undefined)} pending={patch.pending}>
        <Download aria-hidden="true" />
        Download patch
      </Button>
    </div>
  );
}
