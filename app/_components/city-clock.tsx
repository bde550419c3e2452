"use client";
import { createContext, type ReactNode, useContext, useEffect, useState } from "react";

/** How far the city's clock is from this browser's, in milliseconds. Windows and deadlines follow the city's. */
const Offset = createContext(0);

export function CityClock({ now, children }: { now: string; children: ReactNode }) {
  const [offset, setOffset] = useState(0);
  useEffect(() => setOffset(Date.parse(now) - Date.now()), [now]);
  return <Offset value={offset}>{children}</Offset>;
}

/** The city's time in milliseconds, renewed every `everyMs`; null until the page is alive. */
export function useCityTime(everyMs: number): number | null {
  const offset = useContext(Offset);
  const [time, setTime] = useState<number | null>(null);
  useEffect(() => {
    const read = () => setTime(Date.now() + offset);
    read();
    const timer = setInterval(read, everyMs);
    return () => clearInterval(timer);
  }, [offset, everyMs]);
  return time;
}
