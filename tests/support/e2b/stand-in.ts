/**
 * A server that speaks E2B's protocol: its REST API for machines, and the service in each of them. The `e2b` package
 * talks to it over HTTP as it would to E2B's cloud; `apiUrl` and `sandboxUrl` lead here.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { answerEnvd, bytesOf, sendJson } from "./envd.ts";
import { type MachineNetwork, StandInMachine } from "./machine.ts";

const ENVD_VERSION = "0.6.4";
/** A small page, so that callers have to turn it. */
const PAGE = 2;

export type StartBody = {
  templateID: string;
  metadata?: Record<string, string>;
  timeout?: number;
  allow_internet_access?: boolean;
  network?: { allowPublicTraffic?: boolean };
};

export class E2bStandIn {
  readonly apiKey = "e2b_0123456789abcdef";
  readonly machines = new Map<string, StandInMachine>();
  /** Every request to start a machine, as it came. */
  readonly started: StartBody[] = [];
  /** What the next machines can reach, whatever was asked for. */
  network: MachineNetwork = "none";
  /** Programs that the next machines lack. */
  without: readonly string[] = [];
  /** Whether requests are answered at all. */
  answers = true;
  private readonly server = createServer((request, response) => {
    if (!this.answers) return void response.destroy();
    this.answer(request, response).catch(() => response.destroy());
  });

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    const address = this.server.address();
    return `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
  }

  async close(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    for (const id of [...this.machines.keys()]) await this.end(id);
  }

  /** Lets the machines that run have been started so much earlier. */
  age(milliseconds: number): void {
    for (const machine of this.machines.values()) {
      machine.startedAt = new Date(machine.startedAt.getTime() - milliseconds);
    }
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://stand-in");
    const inMachine = request.headers["e2b-sandbox-id"];
    if (typeof inMachine === "string") return answerEnvd(this.machines.get(inMachine), url, request, response);
    if (request.headers["x-api-key"] !== this.apiKey)
      return sendJson(response, 401, { code: 401, message: "wrong key" });

    const [, id, action] = /^(?:\/v2)?\/sandboxes(?:\/([^/]+))?(?:\/(connect))?$/.exec(url.pathname) ?? [];
    if (id === undefined && request.method === "POST") return this.start(await bytesOf(request), response);
    if (id === undefined && request.method === "GET") return this.list(url, response);
    const machine = this.machines.get(id ?? "");
    if (machine === undefined) return sendJson(response, 404, { code: 404, message: "sandbox not found" });
    if (action === "connect" && request.method === "POST") return sendJson(response, 200, connection(machine));
    if (request.method !== "DELETE") return sendJson(response, 405, { code: 405, message: "not allowed" });
    await this.end(machine.id);
    response.writeHead(204).end();
  }

  private start(body: Buffer, response: ServerResponse): void {
    const asked = JSON.parse(body.toString()) as StartBody;
    this.started.push(asked);
    const machine = new StandInMachine(asked.metadata ?? {}, asked.timeout ?? 15, this.network, this.without);
    this.machines.set(machine.id, machine);
    sendJson(response, 201, connection(machine));
  }

  private list(url: URL, response: ServerResponse): void {
    const wanted = [...new URLSearchParams(url.searchParams.get("metadata") ?? "")].map(([key, value]) => [
      decodeURIComponent(key),
      decodeURIComponent(value),
    ]);
    const found = [...this.machines.values()].filter(({ metadata }) =>
      wanted.every(([key = "", value]) => metadata[key] === value),
    );
    const from = Number(url.searchParams.get("nextToken") ?? 0);
    if (from + PAGE < found.length) response.setHeader("x-next-token", String(from + PAGE));
    const page = found.slice(from, from + PAGE);
    sendJson(
      response,
      200,
      page.map((machine) => ({
        ...connection(machine),
        envdAccessToken: undefined,
        metadata: machine.metadata,
        startedAt: machine.startedAt.toISOString(),
        endAt: machine.endAt.toISOString(),
        state: "running",
        cpuCount: 2,
        memoryMB: 512,
      })),
    );
  }

  private async end(id: string): Promise<void> {
    const machine = this.machines.get(id);
    this.machines.delete(id);
    await machine?.kill();
  }
}

function connection(machine: StandInMachine) {
  return {
    sandboxID: machine.id,
    templateID: "base",
    clientID: "stand-in",
    envdVersion: ENVD_VERSION,
    envdAccessToken: machine.token,
  };
}
