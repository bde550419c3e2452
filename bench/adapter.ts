import { randomBytes } from "node:crypto";
import type { Actor } from "../server/auth/actor.ts";
import { authenticate } from "../server/auth/authenticate.ts";
import { callProcedure, routes } from "../server/rest/routes.ts";
import { startBenchCity } from "./bench-city.ts";

// What the REST adapter costs: CPU of this process for an operation through the adapter, less the CPU for the same
// authentication and procedure called directly, and less what the caller's own end costs (making the request, reading the
// answer). Real database, no socket between; target ≤ 0.3 ms an operation.

const ROUNDS = 60;
const WARM_UP = 10;
const OPERATIONS = 25;
const TARGET_MS = 0.3;

type Figures<Name extends string> = Record<Name, number>;

/** CPU milliseconds of one operation, round by round; the ways take short turns, so that noise meets all alike. */
async function measure<Name extends string>(ways: Record<Name, () => Promise<unknown>>): Promise<Figures<Name>[]> {
  const rounds: Figures<Name>[] = [];
  for (let round = 0; round < WARM_UP + ROUNDS; round += 1) {
    const figures = {} as Figures<Name>;
    for (const [name, run] of Object.entries(ways) as [Name, () => Promise<unknown>][]) {
      const before = process.cpuUsage();
      for (let i = 0; i < OPERATIONS; i += 1) await run();
      const { user, system } = process.cpuUsage(before);
      figures[name] = (user + system) / 1_000 / OPERATIONS;
    }
    if (round >= WARM_UP) rounds.push(figures);
  }
  return rounds;
}

const ms = (value: number) => value.toFixed(3);
const median = (list: number[]) => list.sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? Number.NaN;

const { city, remove } = await startBenchCity();
try {
  const send = async (
    answer: (request: Request) => Response | Promise<Response>,
    method: string,
    path: string,
    headers: Record<string, string>,
    body?: unknown,
  ) => {
    const request = new Request(`${city.url}/api/v1${path}`, {
      method,
      headers: { ...headers, ...(body !== undefined && { "content-type": "application/json" }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const response = await answer(request);
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text);
  };
  const call = (method: string, path: string, headers: Record<string, string>, body?: unknown) =>
    send(city.api, method, path, headers, body);
  const password = randomBytes(16).toString("hex");
  const { token } = await call("POST", "/auth/sign-up", {}, { name: "Bench", email: "bench@example.com", password });
  const owner = { authorization: `Bearer ${token}` };
  const registered = await call("POST", "/agents", owner, { displayName: "Bench", framework: "custom" });
  const apiKey: string = registered.data.apiKey;
  const submission = { taskType: "design", maxBudget: 50, input: { description: "Draw a door." } };
  const { data: task } = await call("POST", "/tasks", { "x-api-key": apiKey }, submission);

  const operations = [
    { name: "tasks.get", path: `/tasks/${task.id}`, input: { id: task.id } },
    { name: "vault.getBalance", path: "/vault/balance", input: {} },
    { name: "tasks.quote", path: "/tasks/quote", input: submission },
  ];
  let worst = 0;
  for (const { name, path, input } of operations) {
    const route = routes.find((candidate) => candidate.name === name);
    if (!route) throw new Error(`There is no ${name}.`);
    const stranger = city.ctx({ kind: "anonymous" });
    const identify = () => authenticate(stranger, { apiKey }, route.auth);
    const actor: Actor = await identify();
    const key = { "x-api-key": apiKey };
    const body = route.method === "GET" ? undefined : input;
    const same = JSON.stringify(await call(route.method, path, key, body));
    const rounds = await measure({
      caller: () => send(() => new Response(same), route.method, path, key, body),
      procedure: () => callProcedure(route, city.ctx(actor), input),
      direct: async () => callProcedure(route, city.ctx(await identify()), input),
      adapter: () => call(route.method, path, key, body),
    });
    const cost = median(rounds.map(({ adapter, direct, caller }) => adapter - direct - caller));
    const of = (way: "caller" | "procedure" | "direct" | "adapter") => ms(median(rounds.map((round) => round[way])));
    worst = Math.max(worst, cost);
    console.log(
      `adapter: ${name}: procedure ${of("procedure")} ms, with authentication ${of("direct")} ms, through REST ${of("adapter")} ms, caller's end ${of("caller")} ms: adapter ${ms(cost)} ms CPU`,
    );
  }
  console.log(
    `adapter: at most ${worst.toFixed(3)} ms CPU an operation, median of ${ROUNDS} × ${OPERATIONS} (target ≤ ${TARGET_MS} ms: ${worst <= TARGET_MS ? "met" : "MISSED"})`,
  );
  process.exitCode = worst <= TARGET_MS ? 0 : 1;
} finally {
  await remove();
}
