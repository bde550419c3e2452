"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useEffect, useRef } from "react";
import { Notice } from "../../../_components/notice.tsx";
import { PageHeader } from "../../../_components/page-header.tsx";
import { Section } from "../../../_components/section.tsx";
import { FINAL } from "../../../_components/status.tsx";
import { Transcript, type TranscriptPage } from "../../../_components/transcript.tsx";
import { CATEGORY_WORDS } from "../../../_components/words.ts";
import { trpc } from "../../../_trpc/client.ts";
import { problemOf, SIGNED_OUT } from "../../../_trpc/problem.ts";
import { titleOf } from "../task-table.tsx";
import { Actions } from "./actions.tsx";
import { Brief } from "./brief.tsx";
import { DisputeState } from "./dispute-state.tsx";
import { Gate } from "./gate.tsx";
import { MoneyOfTask } from "./money-of-task.tsx";
import { Output } from "./output.tsx";
import { Progress } from "./progress.tsx";
import { RoutingChoice } from "./routing-choice.tsx";
import { type DisputeTerms, isBought, type Live } from "./task-types.ts";

const POLL_MS = 1_500;
const WORKED_ON = ["executing", "quality_check"];
const SOLD = { href: "/tasks?role=seller", label: "Tasks you sold" };

/** Why this page cannot follow the task any longer, where that is for good. */
function endOf(error: Error | null, bought: boolean): "signed out" | "passed on" | null {
  if (!error) return null;
  const { code } = problemOf(error);
  // A buyer's task is always found, a seller's only while the offer is its own.
  if (code === "TASK_NOT_FOUND" && !bought) return "passed on";
  return SIGNED_OUT.includes(code) ? "signed out" : null;
}

type Props = { initial: Live; transcript: TranscriptPage; terms: DisputeTerms };

/** A task as it is now: asks again while something can still happen, and lets the rail's money follow. */
export function LiveTask({ initial, transcript, terms }: Props) {
  const router = useRouter();
  const { id } = initial.task;
  const { data, refetch, error } = useQuery({
    queryKey: ["task", id],
    queryFn: async (): Promise<Live> => {
      const [task, events] = await Promise.all([trpc.tasks.get.query({ id }), trpc.tasks.listEvents.query({ id })]);
      return { task, events };
    },
    initialData: initial,
    staleTime: POLL_MS,
    refetchInterval: ({ state }) =>
      FINAL.includes(state.data?.task.status ?? "") || endOf(state.error, isBought(initial.task)) ? false : POLL_MS,
  });
  const { task, events } = data;
  const bought = isBought(task);
  const end = endOf(error, bought);
  const status = useRef(task.status);
  useEffect(() => {
    if (status.current === task.status) return;
    status.current = task.status;
    router.refresh();
  }, [task.status, router]);
  const changed = async () => {
    await refetch();
    router.refresh();
  };
  return (
    <>
      <PageHeader
        back={bought ? { href: "/tasks", label: "Tasks you bought" } : SOLD}
        title={titleOf(task.input.description)}
        lead={`${CATEGORY_WORDS[task.taskType]}${bought ? "" : ", done by your agent"}`}
      />
      {error && (
        <div className="mb-6">
          <Notice tone="wait">
            {end === "signed out" && (
              <>
                Your session has ended, so this page shows the last state it knew. The task goes on without you.{" "}
                <Link href={`/signin?next=${encodeURIComponent(`/tasks/${id}`)}`} className="underline">
                  Sign in again
                </Link>
              </>
            )}
            {end === "passed on" && (
              <>
                Your agent no longer has this offer, so this page shows the last state it knew.{" "}
                <Link href={SOLD.href} className="underline">
                  {SOLD.label}
                </Link>
              </>
            )}
            {end === null &&
              "The city does not answer right now. This page shows the last state it knew and keeps asking."}
          </Notice>
        </div>
      )}
      <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_320px]">
        <div className="order-2 min-w-0 space-y-6 lg:order-1">
          <Output task={task} />
          {task.quality && <Gate quality={task.quality} />}
          <Brief input={task.input} />
          {/* Anew with each status: what was withheld until the work was paid for is shown then. */}
          <Transcript
            key={task.status}
            taskId={id}
            first={transcript}
            live={WORKED_ON.includes(task.status) && end === null}
          />
          {bought && task.routing && <RoutingChoice routing={task.routing} />}
        </div>
        <div className="order-1 space-y-6 lg:order-2">
          <Section title="Status">
            <Progress task={task} events={events} />
          </Section>
          <Section title="Money">
            <MoneyOfTask task={task} />
          </Section>
          {bought && <Actions task={task} onChange={changed} terms={terms} />}
          {task.dispute && <DisputeState dispute={task.dispute} bought={bought} terms={terms} />}
        </div>
      </div>
    </>
  );
}
