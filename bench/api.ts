import { type ChildProcess, fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { startBenchCity } from "./bench-city.ts";
import type { Load, Loaded } from "./load.ts";
import { Report } from "./report.ts";

// The two hottest operations over HTTP, against the same statements through `pg` behind a bare Node server. The load
// comes from a process of its own and shares the machine with what it measures, as does PostgreSQL.

const CONNECTIONS = 20;
const WARM_UP_MS = 2_000;
const ROUND_MS = 5_000;
const ROUNDS = 3;
const TARGET = 0.5;

const program = (name: string, ...args: string[]) => fork(fileURLToPath(new URL(name, import.meta.url)), args);
const { city, remove } = await startBenchCity({ money: { starterCredits: 1_000_000_000 } });
const children: ChildProcess[] = [];
const report = new Report();
try {
  const { apiKey, taskId } = await prepare();
  // The queue stands still: what follows a submission is not what is measured here.
  await city.idle();
  await city.database.pool.query(`
    create function bench_pause() returns trigger language plpgsql as 'begin new.run_at := ''infinity''; return new; end';
    create trigger bench_pause before insert on graphile_worker._private_jobs for each row execute function bench_pause()`);

  const { connectionString } = city.database.pool.options;
  if (!connectionString) throw new Error("The city's pool has no connection string.");
  const bare = program("./api-bare.ts", connectionString);
  const load = program("./load.ts");
  children.push(bare, load);
  const [barePort] = (await once(bare, "message")) as [number];
  const cityPort = Number(new URL(city.url).port);

  const ask = async (port: number, head: string, body: string, ms: number): Promise<Loaded> => {
    const order: Load = { port, connections: CONNECTIONS, ms, head, body };
    load.send(order);
    const [loaded] = (await once(load, "message")) as [Loaded];
    if (loaded.refused > 0) throw new Error(`${loaded.refused} of ${loaded.requests} requests were refused.`);
    return loaded;
  };
  const common = `host: localhost\r\nx-api-key: ${apiKey}\r\n`;
  const body = JSON.stringify({ taskType: "design", maxBudget: 50, input: { description: "Draw a door." } });
  const ways = [
    { name: "GET /tasks/:id", head: `GET /api/v1/tasks/${taskId} HTTP/1.1\r\n${common}`, body: "" },
    {
      name: "POST /tasks",
      head: `POST /api/v1/tasks HTTP/1.1\r\n${common}content-type: application/json\r\nidempotency-key: {n}\r\n`,
      body,
    },
  ];
  for (const way of ways) {
    const rates: Record<"bare" | "city", Loaded[]> = { bare: [], city: [] };
    for (const port of [barePort, cityPort]) await ask(port, way.head, way.body, WARM_UP_MS);
    // In turn, so that whatever else the machine does meets both.
    for (let round = 0; round < ROUNDS; round += 1) {
      rates.bare.push(await ask(barePort, way.head, way.body, ROUND_MS));
      rates.city.push(await ask(cityPort, way.head, way.body, ROUND_MS));
    }
    const [reference, ours] = [best(rates.bare), best(rates.city)];
    const ratio = rate(ours) / rate(reference);
    console.log(
      `  ${way.name}: city ${rate(ours).toFixed(0)}/s (p50 ${ours.p50.toFixed(1)} ms, p95 ${ours.p95.toFixed(1)} ms), bare server with the same SQL ${rate(reference).toFixed(0)}/s`,
    );
    report.line(`${way.name}, share of the bare server's rate`, ratio.toFixed(2), `≥ ${TARGET}`, ratio >= TARGET);
  }
} finally {
  for (const child of children) child.disconnect();
  await Promise.all(children.map((child) => child.exitCode ?? once(child, "exit")));
  await remove();
}
process.exitCode = report.exitCode;

function rate({ requests, ms }: Loaded): number {
  return requests / (ms / 1_000);
}

function best(rounds: Loaded[]): Loaded {
  return rounds.reduce((a, b) => (rate(b) > rate(a) ? b : a));
}

/** An owner, an agent with a limit on each task, and a task of its own to read. */
async function prepare(): Promise<{ apiKey: string; taskId: string }> {
  const call = async (method: string, path: string, headers: Record<string, string>, body: object) => {
    const answer = await fetch(`${city.url}/api/v1${path}`, {
      method,
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.json() as Promise<never>;
  };
  const password = randomBytes(16).toString("hex");
  const account = { name: "Bench", email: "bench@example.com", password };
  const { token } = (await call("POST", "/auth/sign-up", {}, account)) as { token: string };
  const owner = { authorization: `Bearer ${token}` };
  const agent = { displayName: "Bench", framework: "custom" };
  const { data } = (await call("POST", "/agents", owner, agent)) as { data: { agent: { id: string }; apiKey: string } };
  await call("PUT", `/agents/${data.agent.id}/budget`, owner, { perTask: 1_000 });
  const work = { taskType: "design", maxBudget: 50, input: { description: "Draw a door." } };
  const task = (await call("POST", "/tasks", { "x-api-key": data.apiKey }, work)) as { data: { id: string } };
  return { apiKey: data.apiKey, taskId: task.data.id };
}
