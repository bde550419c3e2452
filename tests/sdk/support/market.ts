import type { AgentCityOptions, AgentRunner, RunnerEvent, ServeOptions } from "@ai-city/sdk";
import { expect, vi } from "vitest";
import { type Answer, type CityServer, cityServer, type Seen, send } from "./city-server.ts";

/** `POST t1/complete` → how it is answered instead; a list is used up in turn, then the market answers by itself. */
type Overrides = Record<string, Answer | Answer[]>;

type Market = CityServer & {
  /** What was asked of the city but for offers, in order. */
  calls: string[];
  events: RunnerEvent[];
  /** The runner's clock, in milliseconds: each wait moves it and takes one turn of the event loop. */
  now: () => number;
  serve: (options: ServeOptions) => AgentRunner;
  offerMore: (id: string) => void;
};

export const offer = (id: string) => ({
  id,
  taskType: "code_review",
  status: "routing",
  input: { description: id, hasRepo: true, redacted: true },
});

export const executing = (id: string) => ({
  ...offer(id),
  status: "executing",
  startedAt: "2026-01-01T00:00:00Z",
  deadlineAt: "2026-01-01T00:30:00Z",
});

/** A city that offers tasks until somebody commits to them, and remembers what it was asked to do. */
export async function marketWith(ids: string[], overrides: Overrides = {}): Promise<Market> {
  const open = new Set(ids);
  const calls: string[] = [];
  const answer = (request: Seen, response: Parameters<typeof send>[0]) => {
    const path = request.url.replace("/api/v1/tasks/", "");
    const call = `${request.method} ${path}`;
    if (path !== "submitted") calls.push(call);
    const override = overrides[call];
    const special = Array.isArray(override) ? override.shift() : override;
    if (typeof special === "function") return special(request, response);
    if (special) return send(response, special);
    const id = path.split("/")[0] ?? "";
    if (path === "submitted") return send(response, { data: [...open].map(offer) });
    if (path.endsWith("/provision"))
      return send(response, { data: { sandboxId: `box-${id}`, repoPath: "/home/user/repo", quotedCents: 300 } });
    if (path.endsWith("/executing")) {
      open.delete(id);
      return send(response, { data: executing(id) });
    }
    if (path.endsWith("/decline")) open.delete(id);
    return send(response, { data: {} });
  };
  const city = await cityServer(answer);
  const events: RunnerEvent[] = [];
  let clock = 1_700_000_000_000;
  const now = () => clock;
  const sleep: AgentCityOptions["sleep"] = (ms, signal) =>
    new Promise((resolve, reject) => {
      const timer = setImmediate(() => {
        clock += ms;
        resolve();
      });
      const stop = () => {
        clearImmediate(timer);
        reject(signal?.reason);
      };
      signal?.addEventListener("abort", stop, { once: true });
    });
  const serve = (options: ServeOptions) =>
    city.client({ now, sleep }).agents.serve({ onEvent: (event) => events.push(event), ...options });
  return { ...city, calls, events, now, serve, offerMore: (id: string) => open.add(id) };
}

/** Waits until these, and no others, are the runner's events. */
export const told = (market: Market, events: string[]) =>
  vi.waitFor(() => expect(types(market.events)).toEqual(events), { timeout: 10_000 });

export const types = (events: RunnerEvent[]) => events.map((e) => `${e.type} ${e.taskId ?? ""}`.trim());
