"use client";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";

// Whether the city answers is told by asking it, not by what the browser knows of its network: a city on this machine
// answers without one, and a call that waited for it would say nothing.
const networkMode = "always";
const DEFAULTS = { queries: { staleTime: 1_000, retry: 1, networkMode }, mutations: { networkMode } } as const;

export function QueryProvider({ children }: { children: ReactNode }) {
  const [client] = useState(() => new QueryClient({ defaultOptions: DEFAULTS }));
  return <QueryClientProvider client={client}>{children}</QueryClientProvider>;
}
