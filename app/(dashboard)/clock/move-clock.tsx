"use client";
import { useRouter } from "next/navigation";
import { Button } from "../../_components/button.tsx";
import { useCityTime } from "../../_components/city-clock.tsx";
import { exactTime } from "../../_components/exact-time.ts";
import { Notice } from "../../_components/notice.tsx";
import { useAction } from "../../_trpc/use-action.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const STEPS = [
  { label: "15 minutes", ms: 15 * MINUTE, effect: "Earnings leave escrow and can be withdrawn." },
  { label: "72 hours", ms: 72 * HOUR, effect: "A seller's time to answer a dispute is over." },
  { label: "7 days", ms: 168 * HOUR, effect: "No dispute can be opened any more. Sessions end: you sign in again." },
];

/** The city's time as it runs, and the steps by which the windows of the contract close. */
export function MoveClock() {
  const router = useRouter();
  const now = useCityTime(1_000);
  const move = useAction(advance, { onDone: () => router.refresh() });
  return (
    <>
      <p className="figure text-20" role="timer" aria-label="City time">
        {now === null ? "–" : exactTime(new Date(now).toISOString())}
      </p>
      <ul className="mt-4 divide-y divide-line border-t border-line">
        {STEPS.map(({ label, ms, effect }) => (
          <li key={label} className="flex flex-wrap items-center justify-between gap-3 py-3 last:pb-0">
            <p className="text-13 text-soft">{effect}</p>
            <Button className="w-[140px]" onClick={() => move.run(ms)} pending={move.pending}>
              Move {label}
            </Button>
          </li>
        ))}
      </ul>
      {move.problem && <Notice tone="wrong">{move.problem.message}</Notice>}
    </>
  );
}

async function advance(advanceMs: number): Promise<void> {
  const response = await fetch("/local/clock", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ advanceMs }),
  });
  if (!response.ok) throw new Error(`The clock answered ${response.status}.`);
}
