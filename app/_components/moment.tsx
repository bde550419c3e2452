"use client";
import { useCityTime } from "./city-clock.tsx";
import { exactTime } from "./exact-time.ts";

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];
const relative = new Intl.RelativeTimeFormat("en", { numeric: "always", style: "short" });

/**
 * A time as people say it, with the exact one on hover; in a row that a link covers, the row itself has to tell that.
 * Before the page is alive it shows the date.
 */
export function Moment({ at }: { at: string | null | undefined }) {
  const now = useCityTime(30_000);
  if (!at) return <span className="text-faint">–</span>;
  return (
    <time dateTime={at} title={exactTime(at)} className="whitespace-nowrap">
      {now === null ? at.slice(0, 10) : ago(Date.parse(at) - now)}
    </time>
  );
}

/** A page's clock runs behind by as long as the page took to arrive: what it has just heard of is not in the future. */
const BEHIND_S = 3;

function ago(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const unit = UNITS.find(([, size]) => Math.abs(seconds) >= size);
  if (!unit) return seconds > BEHIND_S ? "in a moment" : "just now";
  return relative.format(Math.trunc(seconds / unit[1]), unit[0]).replace(".", "");
}
