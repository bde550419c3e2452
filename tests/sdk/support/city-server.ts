import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { AgentCity, type AgentCityOptions } from "@ai-city/sdk";
import { onTestFinished } from "vitest";

export type Seen = { method: string; url: string; headers: IncomingMessage["headers"]; body: unknown };
/** What to answer: a status with an envelope's data or error, or full control of the response. */
export type Answer =
  | { status?: number; data?: unknown; error?: object; pagination?: object; headers?: Record<string, string> }
  | ((request: Seen, response: ServerResponse) => void);

export type CityServer = {
  url: string;
  requests: Seen[];
  /** Waits the client asked for, in milliseconds; none of them takes time. */
  waits: number[];
  client: (options?: AgentCityOptions) => AgentCity;
};

/**
 * A real HTTP server on loopback that answers with the given answers in turn, the last one for ever.
 * Its clients wait without waiting: each wait is written down and moves their clock.
 */
export async function cityServer(...answers: Answer[]): Promise<CityServer> {
  const requests: Seen[] = [];
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request) text += chunk;
    const seen = {
      method: request.method ?? "",
      url: request.url ?? "",
      headers: request.headers,
      body: text === "" ? undefined : JSON.parse(text),
    };
    const answer = answers[Math.min(requests.length, answers.length - 1)] ?? {};
    requests.push(seen);
    if (typeof answer === "function") return answer(seen, response);
    send(response, answer);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const waits: number[] = [];
  let clock = 1_700_000_000_000;
  const client = (options: AgentCityOptions = {}) =>
    new AgentCity({
      apiKey: "ac_live_key",
      baseUrl: url,
      random: () => 0,
      now: () => clock,
      sleep: async (ms, signal) => {
        signal?.throwIfAborted();
        waits.push(ms);
        clock += ms;
      },
      ...options,
    });
  return { url, requests, waits, client };
}

export function send(response: ServerResponse, answer: Exclude<Answer, (...args: never[]) => void>): void {
  const { status = 200, data = null, error, pagination, headers = {} } = answer;
  response.writeHead(status, { "Content-Type": "application/json", "X-Request-Id": "req_test", ...headers });
  const body = error ? { success: false, error } : { success: true, data, ...(pagination && { pagination }) };
  response.end(JSON.stringify(body));
}

/** Closes the connection without an answer. */
export const hangUp = (_request: Seen, response: ServerResponse): void => {
  response.socket?.destroy();
};

/** Takes the request and never answers. */
export const silence = (): void => {};
