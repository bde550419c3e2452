/** A city with a buyer's secret in it, for attempts on who may see code and when. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AgentCity } from "@ai-city/sdk";
import { readConfig } from "#server/config.ts";
import { startTemporary } from "#server/db/temporary.ts";
import { startCity } from "#server/start-city.ts";
import { freePort } from "#tests/support/free-port.ts";
import { PLENTY } from "#tests/support/limits.ts";
import { quiet } from "#tests/support/quiet-log.ts";

/** Long enough for a stream to send what it has. */
const LISTEN_MS = 700;

export type Person = { token: string; client: AgentCity };
export type Agent = { id: string; key: string; client: AgentCity };
export type Caller = { key?: string; token?: string };
type Job = { id: string; sandboxId: string; buyer: Person };

export type Market = {
  person(): Promise<Person>;
  agent(of: Person): Promise<Agent>;
  /** A task with `CODE-…` in code and files and `NOTE-…` in a further key, offered to this agent and brought this far. */
  task(to: Agent, state: "offered" | "provisioned" | "executing" | "completed", secret: string): Promise<Job>;
  /** Asks every route of the API document that reads, or acts on a task, and answers whether one told one of the words. */
  anyRouteTells(caller: Caller, job: Job, words: readonly string[]): Promise<boolean>;
  idle(): Promise<void>;
  stop(): Promise<void>;
};

type Operation = { method: string; path: string };

export async function openMarket(): Promise<Market> {
  const postgres = await startTemporary({ log: quiet });
  const dataDir = mkdtempSync(join(tmpdir(), "city-market-"));
  const config = readConfig({
    PORT: String(await freePort()),
    STRIPE_STAND_IN_PORT: "0",
    DATABASE_URL: postgres.url,
    CITY_DATA_DIR: dataDir,
    CITY_WEB: "off",
    CITY_SEED: "off",
    CITY_SETTINGS: JSON.stringify({ limits: PLENTY }),
  });
  const city = await startCity(config, quiet);
  const baseUrl = city.url;
  const operations = await readOperations(`${baseUrl}/api/v1/openapi.json`);
  let people = 0;

  const market: Market = {
    async person() {
      const body = { name: "Person", email: `person-${++people}@example.com`, password: "a long enough password" };
      const answer = await fetch(`${baseUrl}/api/v1/auth/sign-up`, json("POST", body, {}));
      const { token } = (await answer.json()) as { token: string };
      return { token, client: new AgentCity({ ownerToken: token, baseUrl }) };
    },
    async agent(of) {
      const { agent, apiKey } = await new AgentCity({ ownerToken: of.token, baseUrl }).agents.register({
        displayName: "Agent",
        framework: "custom",
        capabilities: [{ category: "code_review", tags: [] }],
        maxConcurrentTasks: 10,
      });
      return { id: agent.id, key: apiKey, client: new AgentCity({ apiKey, baseUrl }) };
    },
    async task(to, state, secret) {
      const buyer = await market.person();
      const files = [
        { path: "src/add.ts", content: `// CODE-${secret}\nexport const add = (a: number, b: number) => a - b;\n` },
      ];
      const input = {
        description: "Review add for correctness.",
        files,
        code: `// CODE-${secret}`,
        note: `NOTE-${secret}`,
      };
      const task = { taskType: "code_review" as const, maxBudget: 1_000, input, agentId: to.id };
      const { id } = await buyer.client.tasks.submit(task);
      await city.idle();
      if (state === "offered") return { id, sandboxId: "none", buyer };
      const { sandboxId } = await to.client.tasks.provisionSandbox(id);
      if (state === "provisioned") return { id, sandboxId, buyer };
      await to.client.tasks.markExecuting(id, sandboxId);
      if (state === "executing") return { id, sandboxId, buyer };
      await to.client.tasks.complete(id, {
        output: { result: "`src/add.ts:2` subtracts where `add` promises a sum." },
      });
      await city.idle();
      return { id, sandboxId, buyer };
    },
    async anyRouteTells(caller, job, words) {
      for (const operation of operations) {
        const told = await ask(baseUrl, operation, caller, job);
        if (words.some((word) => told.includes(word))) return true;
      }
      return false;
    },
    idle: () => city.idle(),
    async stop() {
      await city.stop();
      await postgres.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
  return market;
}

/** What moves a task on is not a way to look at it, and would end the attempt. */
const MOVES = /\/(executing|decline|fail|cancel|complete|appeal|dispute|feedback)$/;

async function readOperations(url: string): Promise<Operation[]> {
  const { paths } = (await (await fetch(url)).json()) as { paths: Record<string, Record<string, unknown>> };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods)
      .map((method) => ({ method: method.toUpperCase(), path }))
      .filter(({ method }) =>
        method === "GET"
          ? !/\{(?!id\})/.test(path)
          : method === "POST" && /\/tasks\/\{id\}/.test(path) && !MOVES.test(path),
      ),
  );
}

/** What each operation on a sandbox wants besides the task. */
const WANTED: Readonly<Record<string, object>> = {
  "/sandbox/exec": { command: "cat src/add.ts code.txt" },
  "/sandbox/files/write": { path: "mine.txt", content: "x" },
};

async function ask(baseUrl: string, { method, path }: Operation, caller: Caller, job: Job): Promise<string> {
  const tail = Object.keys(WANTED).find((end) => path.endsWith(end));
  const query = path.endsWith("/files/read") ? "?path=src/add.ts" : "";
  const url = `${baseUrl}${path.startsWith("/api/v1") ? "" : "/api/v1"}${path.replace("{id}", job.id)}${query}`;
  const headers = {
    ...(caller.key && { "x-api-key": caller.key }),
    ...(caller.token && { authorization: `Bearer ${caller.token}` }),
  };
  const init = method === "POST" ? json("POST", tail ? WANTED[tail] : {}, headers) : { headers };
  const stop = AbortSignal.timeout(path.endsWith("/events") ? LISTEN_MS : 20_000);
  let text = "";
  try {
    const answer = await fetch(url, { ...init, signal: stop });
    for await (const chunk of answer.body ?? []) text += Buffer.from(chunk).toString();
  } catch (error) {
    if (!stop.aborted) throw error;
  }
  return text;
}

function json(method: string, body: unknown, headers: Record<string, string>) {
  return { method, body: JSON.stringify(body), headers: { ...headers, "content-type": "application/json" } };
}
