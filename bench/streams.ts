import { type ChildProcess, fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { recordEvent } from "../server/tasks/record-event.ts";
import { startBenchCity } from "./bench-city.ts";
import { Report } from "./report.ts";
import type { News, Order } from "./streams-client.ts";

// What an idle stream of task events costs the city: memory and CPU beside the same city without streams, statements and
// connections at the database; and how soon a stored event is with its reader while all the others are idle.

const STREAMS = 1_000;
/** Exactly one minute: what the city does each minute falls into every window once. */
const IDLE_MS = 60_000;
/** An idle connection tells PostgreSQL's statistics what it did within ten seconds: the opening must not count. */
const REPORTED_MS = 11_000;
const EVENTS = 300;
const TARGETS = { kB: 60, cpu: 0.02, p95Ms: 30 };

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

const { city, remove } = await startBenchCity({ limits: { streamsPerOwner: STREAMS + 1 } });
const report = new Report();
let readers: ChildProcess | undefined;
try {
  const { token, ownerId } = await signUp();
  const ids = Array.from({ length: STREAMS }, (_, index) => `bench${index}`);
  await city.database.pool.query(
    `insert into task (id, task_type, status, buyer_owner_id, description, paths, max_budget, deadline_at, created_at)
     select id, 'design', 'submitted', $2, 'Draw.', '{}', 50, city_now() + interval '1 day', city_now()
     from unnest($1::text[]) as t(id)`,
    [ids, ownerId],
  );
  await city.database.pool.query(
    "insert into task_event (task_id, type, data, at) select id, 'submitted', '{}', city_now() from unnest($1::text[]) as t(id)",
    [ids],
  );
  await city.idle();
  const without = await watchIdle();
  const held = measureMemory();

  readers = fork(fileURLToPath(new URL("./streams-client.ts", import.meta.url)));
  const heard = new Map<string, (at: number) => void>();
  let open = 0;
  readers.on("message", (news: News) => {
    if (news.type === "open") open += 1;
    if (news.type === "end") open -= 1;
    if (news.type === "event") heard.get(news.path)?.(news.at);
  });
  const path = (id: string) => `/tasks/${id}/events`;
  const order: Order = {
    url: `${city.url}/api/v1`,
    headers: { authorization: `Bearer ${token}` },
    paths: ids.map(path),
  };
  readers.send(order);
  while (open < STREAMS) await pause(50);

  const within = await watchIdle();
  const kB = (measureMemory() - held) / STREAMS / 1_024;
  const { rows } = await city.database.pool.query(
    "select count(*)::int as listening from pg_stat_activity where query ilike '%listen%task_event%' and pid <> pg_backend_pid() and datname = current_database()",
  );
  const latencies: number[] = [];
  for (let index = 0; index < EVENTS; index += 1) {
    const id = ids[(index * 7) % STREAMS] ?? "";
    const arrived = new Promise<number>((resolve) => heard.set(path(id), resolve));
    const from = performance.timeOrigin + performance.now();
    await recordEvent(city.ctx(), id, "note", { index });
    latencies.push((await arrived) - from);
  }
  if (open !== STREAMS) throw new Error(`${STREAMS - open} streams ended by themselves.`);
  latencies.sort((a, b) => a - b);
  const share = (part: number) => latencies[Math.floor(part * EVENTS)] ?? Number.NaN;
  const cpu = within.cpu - without.cpu;
  const statements = within.statements - without.statements;

  report.line(
    "memory of an idle stream, its connection included",
    `${kB.toFixed(1)} kB`,
    `≤ ${TARGETS.kB} kB`,
    kB <= TARGETS.kB,
  );
  report.line(
    `CPU of ${STREAMS} idle streams, of one core`,
    `${(cpu * 100).toFixed(2)} %`,
    `≤ ${TARGETS.cpu * 100} %`,
    cpu <= TARGETS.cpu,
  );
  report.line("statements a second for them", statements.toFixed(2), "≤ 2", statements <= 2);
  report.line("database connections that listen", String(rows[0]?.listening), "1", rows[0]?.listening === 1);
  report.line(
    "event written → with its reader, p50",
    `${share(0.5).toFixed(1)} ms`,
    `≤ ${TARGETS.p95Ms} ms`,
    share(0.5) <= TARGETS.p95Ms,
  );
  report.line("the same, p95", `${share(0.95).toFixed(1)} ms`, `≤ ${TARGETS.p95Ms} ms`, share(0.95) <= TARGETS.p95Ms);
} finally {
  readers?.disconnect();
  if (readers && readers.exitCode === null) await once(readers, "exit");
  await remove();
}
process.exitCode = report.exitCode;

async function signUp(): Promise<{ token: string; ownerId: string }> {
  const body = { name: "Bench", email: "bench@example.com", password: randomBytes(16).toString("hex") };
  const answer = await fetch(`${city.url}/api/v1/auth/sign-up`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const { token, user } = (await answer.json()) as { token: string; user: { id: string } };
  return { token, ownerId: user.id };
}

/** Share of one core that this process used, and statements a second, while nothing is asked of it. */
async function watchIdle(): Promise<{ cpu: number; statements: number }> {
  await pause(REPORTED_MS);
  collect();
  const [before, from, used] = [await committed(), performance.now(), process.cpuUsage()];
  await pause(IDLE_MS);
  const { user, system } = process.cpuUsage(used);
  const ms = performance.now() - from;
  return { cpu: (user + system) / 1_000 / ms, statements: ((await committed()) - before) / (ms / 1_000) };
}

async function committed(): Promise<number> {
  const { rows } = await city.database.pool.query(
    "select xact_commit::float8 as n from pg_stat_database where datname = current_database()",
  );
  return rows[0]?.n ?? Number.NaN;
}

/** Bytes this process holds on to once its garbage is gone: heap, and buffers outside of it. */
function measureMemory(): number {
  collect();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
