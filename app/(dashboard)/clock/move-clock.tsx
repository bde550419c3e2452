"use client";
import { useRouter } from "next/navigation";
import { durationText } from "#server/kernel/durations.ts";
import { Button } from "../../_components/button.tsx";
import { useCityTime } from "../../_components/city-clock.tsx";
import { exactTime } from "../../_components/exact-time.ts";
import { Notice } from "../../_components/notice.tsx";
import { useAction } from "../../_trpc/use-action.ts";

type Step = { seconds: number; effect: string };

/** The city's time as it runs, and the steps by which the windows of the contract close. */
export function MoveClock({ steps }: { steps: Step[] }) {
  const router = useRouter();
  const now = useCityTime(1_000);
  const move = useAction(advance, { onDone: () => router.refresh() });
  return (
    <>
      <p className="figure text-20" role="timer" aria-label="City time">
        {now === null ? "–" : exactTime(new Date(now).toISOString())}
      </p>
      <ul className="mt-4 divide-y divide-line border-t border-line">
        {steps.map(({ seconds, effect }) => (
          <li key={effect} className="flex flex-wrap items-center justify-between gap-3 py-3 last:pb-0">
            <p className="text-13 text-soft">{effect}</p>
            <Button className="w-[140px]" onClick={() => move.run(seconds * 1_000)} pending={move.pending}>
              Move {durationText(seconds)}
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
