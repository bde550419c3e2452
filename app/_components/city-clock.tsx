"use client";
import { createContext, type ReactNode, useContext, useEffect, useState } from "react";

/**
 * When the page was made, by the city's clock, and how far that clock is ahead of this browser's, once the page is
 * alive; milliseconds.
 */
type Clock = { madeAt: number; offset: number | null };
const CityTime = createContext<Clock | null>(null);

/**
 * The latest time that a page has told, and when it did by the clock that nobody sets: a page that the browser goes back
 * to still says when it was made, and time must not go back with it. Set in effects alone: on the server it would be
 * everybody's.
 */
let latest: { city: number; at: number } | null = null;

const offsetNow = () => latest && latest.city + performance.now() - latest.at - Date.now();

/** Windows and deadlines follow the city's time, not the browser's. */
export function CityClock({ now, children }: { now: string; children: ReactNode }) {
  const madeAt = Date.parse(now);
  const [offset, setOffset] = useState(offsetNow);
  useEffect(() => {
    const at = performance.now();
    if (!latest || madeAt > latest.city + at - latest.at) latest = { city: madeAt, at };
    setOffset(offsetNow());
  }, [madeAt]);
  return <CityTime value={{ madeAt, offset }}>{children}</CityTime>;
}

/**
 * The city's time in milliseconds, renewed every `everyMs`. On the server and in the first paint it is the moment the
 * page was made, so that nothing changes its width when the page comes alive; what appears later starts with the time it
 * is then. Null where no clock is given.
 */
export function useCityTime(everyMs: number): number | null {
  const clock = useContext(CityTime);
  const offset = clock?.offset ?? null;
  const [time, setTime] = useState(() => (offset === null ? (clock?.madeAt ?? null) : Date.now() + offset));
  useEffect(() => {
    if (offset === null) return;
    setTime(Date.now() + offset);
    const timer = setInterval(() => setTime(Date.now() + offset), everyMs);
    return () => clearInterval(timer);
  }, [offset, everyMs]);
  return time;
}
