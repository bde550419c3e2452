"use client";
import { useEffect, useRef } from "react";
import { useCityTime } from "./city-clock.tsx";
import { exactTime } from "./exact-time.ts";

type Props = {
  until: string;
  /** What happens when it ends, such as `released to your wallet in`. */
  before: string;
  /** What to say once it has ended. */
  after: string;
  onEnd?: () => void;
};

/** Counts down on the city's clock and always says what the end means. */
export function Countdown({ until, before, after, onEnd }: Props) {
  const now = useCityTime(1_000);
  const left = now === null ? null : Date.parse(until) - now;
  const over = left !== null && left <= 0;
  const told = useRef(false);
  useEffect(() => {
    if (!over || told.current) return;
    told.current = true;
    onEnd?.();
  }, [over, onEnd]);
  if (over) return <span>{after}</span>;
  return (
    <span title={exactTime(until)}>
      {before} <span className="figure text-ink">{left === null ? "--:--" : clock(left)}</span>
    </span>
  );
}

function clock(ms: number): string {
  const total = Math.ceil(ms / 1000);
  const days = Math.floor(total / 86_400);
  const hours = Math.floor((total % 86_400) / 3_600);
  const two = (value: number) => String(value).padStart(2, "0");
  const minutes = two(Math.floor((total % 3_600) / 60));
  if (days > 0) return `${days} d ${hours} h`;
  return hours > 0 ? `${hours}:${minutes}:${two(total % 60)}` : `${minutes}:${two(total % 60)}`;
}
