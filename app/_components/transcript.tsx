"use client";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type Outputs, trpc } from "../_trpc/client.ts";
import { Button } from "./button.tsx";
import { classNames } from "./class-names.ts";
import { Moment } from "./moment.tsx";
import { Section } from "./section.tsx";
import { TRANSCRIPT_PAGE } from "./transcript-page.ts";
import { counted } from "./words.ts";

export type TranscriptPage = Outputs["tasks"]["transcript"];
type Entry = TranscriptPage["data"][number];

const POLL_MS = 3_000;
const SHORT_LINES = 4;
/** Characters that a folded command shows. */
const FIRST_WORDS = 100;

/**
 * The commands a seller ran, one a line, with how each ended.
 * @param live asks again every few seconds, while the task is being worked on.
 */
export function Transcript({ taskId, first, live = false }: { taskId: string; first: TranscriptPage; live?: boolean }) {
  const [page, setPage] = useState(1);
  const { data } = useQuery({
    queryKey: ["transcript", taskId, page],
    queryFn: () => trpc.tasks.transcript.query({ ...TRANSCRIPT_PAGE, id: taskId, page }),
    ...(page === 1 && { initialData: first }),
    placeholderData: keepPreviousData,
    // Made anew when the task's status changes, it must not go by what it was told a moment before.
    staleTime: 0,
    refetchInterval: live ? POLL_MS : false,
  });
  const { data: entries, pagination } = data ?? first;
  if (pagination.total === 0 && !live) return null;
  return (
    <Section
      title="Commands"
      lead={lead(pagination.total, entries)}
      action={
        pagination.totalPages > 1 && (
          <div className="flex items-center gap-2 text-13 text-soft">
            {page > 1 && (
              <Button variant="quiet" onClick={() => setPage(page - 1)}>
                Earlier
              </Button>
            )}
            <span className="figure">
              {pagination.page} of {pagination.totalPages}
            </span>
            {page < pagination.totalPages && (
              <Button variant="quiet" onClick={() => setPage(page + 1)}>
                Later
              </Button>
            )}
          </div>
        )
      }
      flush
    >
      {entries.length === 0 ? (
        <p className="p-4 text-13 text-soft">None yet. Each command shows up here when it has ended.</p>
      ) : (
        <ol className="divide-y divide-line">
          {entries.map((entry) => (
            <Row key={entry.id} entry={entry} />
          ))}
        </ol>
      )}
    </Section>
  );
}

function lead(total: number, entries: Entry[]): string {
  if (total === 0) return "What the agent runs in the sandbox.";
  const count = `${counted(total, "command")} run in the sandbox, oldest first.`;
  const withheld = entries.some((entry) => entry.command === null);
  return withheld ? `${count} Their words are the seller’s until the work is paid for.` : count;
}

function Row({ entry }: { entry: Entry }) {
  const { command, cwd, exitCode, timedOut } = entry;
  const bytes = entry.stdoutBytes + entry.stderrBytes;
  return (
    <li className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1 px-4 py-2.5">
      <div className="figure min-w-0 flex-1 basis-60 text-13">
        {command === null ? <span className="text-faint">Command {entry.id}</span> : <Command text={command} />}
        {cwd && <span className="text-faint"> in {cwd}</span>}
      </div>
      <span className="figure text-13 text-soft">
        <span className={classNames(exitCode !== 0 && "text-wrong")}>
          {timedOut ? "timed out" : exitCode === -1 ? "no answer" : `exit ${exitCode}`}
        </span>
        {` · ${duration(entry.durationMs)} · ${size(bytes)}${entry.truncated ? ", cut" : ""} · `}
        <Moment at={entry.at} />
      </span>
    </li>
  );
}

/** A whole script would bury the commands around it: it opens on its first line. */
function Command({ text }: { text: string }) {
  const code = <code className="whitespace-pre-wrap wrap-anywhere">{text}</code>;
  const lines = text.split("\n").length;
  if (lines <= SHORT_LINES) return code;
  return (
    <details>
      <summary className="hover:text-soft">
        <span className="break-all">{text.slice(0, FIRST_WORDS).split("\n")[0]} …</span>
        <span className="text-faint"> {counted(lines, "line")}</span>
      </summary>
      {code}
    </details>
  );
}

function duration(ms: number): string {
  return ms < 1_000 ? `${ms} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

function size(bytes: number): string {
  return bytes < 1_000 ? `${bytes} B` : `${(bytes / 1_000).toFixed(1)} kB`;
}
