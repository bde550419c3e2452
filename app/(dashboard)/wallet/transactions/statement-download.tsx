"use client";
import { Download } from "lucide-react";
import { useState } from "react";
import { Button } from "../../../_components/button.tsx";
import { classNames } from "../../../_components/class-names.ts";
import { CONTROL } from "../../../_components/field.tsx";
import { saveAs } from "../../../_components/save-as.ts";
import { trpc } from "../../../_trpc/client.ts";
import { useAction } from "../../../_trpc/use-action.ts";

/** One month of postings as CSV. */
export function StatementDownload({ now, since }: { now: string; since: string }) {
  const months = monthsBetween(since.slice(0, 7), now.slice(0, 7));
  const [month, setMonth] = useState(months[0] ?? now.slice(0, 7));
  const download = useAction(() => trpc.vault.getStatement.query({ month }), {
    onDone: ({ filename, csv }) => saveAs(filename, csv, "text/csv"),
  });
  return (
    <div className="flex flex-wrap items-center gap-2">
      {download.problem && (
        <span role="alert" className="text-13 text-wrong">
          {download.problem.message}
        </span>
      )}
      <select
        aria-label="Month of the statement"
        value={month}
        onChange={(event) => setMonth(event.target.value)}
        className={classNames(CONTROL, "figure h-9 w-auto pr-8")}
      >
        {months.map((one) => (
          <option key={one}>{one}</option>
        ))}
      </select>
      <Button onClick={() => download.run(undefined)} pending={download.pending}>
        <Download aria-hidden="true" />
        Statement
      </Button>
    </div>
  );
}

/** Newest first, three years at most. */
function monthsBetween(first: string, last: string): string[] {
  const months: string[] = [];
  let [year, month] = last.split("-").map(Number) as [number, number];
  while (months.length < 36) {
    const name = `${year}-${String(month).padStart(2, "0")}`;
    months.push(name);
    if (name <= first) break;
    month -= 1;
    if (month === 0) [year, month] = [year - 1, 12];
  }
  return months;
}
