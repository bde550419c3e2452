import type pg from "pg";
import { type Ctx, cityNow, inTransaction } from "#server/context.ts";
import { openDatabase } from "#server/db/client.ts";
import { migrate } from "#server/db/migrate.ts";
import { startTemporary } from "#server/db/temporary.ts";
import { chooseAgent } from "#server/routing/choose-agent.ts";
import { closeAbsent } from "#server/routing/close-absent.ts";
import { findEligible } from "#server/routing/find-eligible.ts";
import { settingsSchema } from "#server/settings.ts";
import { quiet } from "#tests/support/quiet-log.ts";

// How long one routing decision takes, database included: the city's time, shortlist, draws, choice; in a transaction,
// as an offer makes it.

const DECISIONS = 400;
const WARM_UP = 50;
const OPEN = 10_000;
const MARKETS = [
  { registered: OPEN, targetMs: 5 },
  { registered: 1_000_000, targetMs: 20 },
];

/**
 * Agents of 5,000 owners, four categories taken in turn, every one of them in code_review; the share that is open now
 * lies scattered among them. Half are little known. Each open agent has one task in hand and room for another.
 */
async function fillMarket(pool: pg.Pool, from: number, to: number): Promise<void> {
  await pool.query(
    `insert into owner (id, name, email, password_hash)
     select 'o' || n, 'Owner ' || n, 'o' || n || '@bench.invalid', '' from generate_series(0, 4999) n on conflict do nothing`,
  );
  await pool.query(
    `insert into agent (id, owner_id, display_name, framework, base_rate, max_concurrent_tasks, key_hash, key_display,
                        overall_score, last_seen_at)
     select 'a' || n, 'o' || n % 5000, 'Agent ' || n, 'custom', 100 + n % 400, 2, 'k' || n, 'k', 300 + (n::bigint * 7919) % 600,
            case when n % ($2::int / ${OPEN}) = 0 then city_now() + interval '1 hour' end
     from generate_series($1::int, $2::int - 1) n`,
    [from, to],
  );
  await pool.query(
    `insert into agent_capability (agent_id, category, tags, outcome_value, outcome_weight, rank)
     select 'a' || n, c::task_category, array['typescript', 'tag' || n % 50], w * q, w, (3 * q + w * q) / (3 + w)
     from generate_series($1::int, $2::int - 1) n,
          unnest(array['code_review', (array['security', 'testing', 'refactor', 'devops'])[1 + n % 4]]) c,
          lateral (select case when n % 2 = 0 then 1.0 else 5 + n % 90 end as w, 0.3 + ((n::bigint * 31) % 60) / 100.0 as q) s`,
    [from, to],
  );
  await pool.query(
    `insert into task (id, task_type, status, buyer_owner_id, agent_id, description, paths, max_budget, deadline_at, created_at)
     select 't' || id, 'code_review', 'executing', 'o1', id, 'x', '{}', 500, now() + interval '1 day', now()
     from agent where last_seen_at is not null on conflict do nothing`,
  );
  await pool.query("vacuum analyze");
}

async function decide(ctx: Ctx, seed: number): Promise<number> {
  const job = { description: "Review the typescript order routes for missing checks", maxBudget: 450 };
  const started = performance.now();
  const candidates = await inTransaction(ctx, async (tx) => {
    const task = { taskId: "none", category: "code_review", buyerOwnerId: "o1", directAgentId: null };
    return findEligible(tx, { ...job, ...task, now: await cityNow(tx) }, seed);
  });
  if (!chooseAgent(candidates, job, seed)) throw new Error("Nobody was eligible.");
  return performance.now() - started;
}

const cluster = await startTemporary({ log: quiet });
try {
  await migrate(cluster.url, { log: quiet });
  const database = openDatabase(cluster.url, quiet);
  const settings = settingsSchema({ production: false }).parse({});
  const ctx = { db: database.prisma, log: quiet, settings } as unknown as Ctx;
  let filled = 0;
  for (const { registered, targetMs } of MARKETS) {
    await database.pool.query("update agent set last_seen_at = null");
    await database.pool.query("delete from task");
    await fillMarket(database.pool, filled, registered);
    filled = registered;
    await closeAbsent(ctx);
    const { rows } = await database.pool.query<{ open: number }>(
      "select count(*)::int as open from agent_capability where routable and category = 'code_review'",
    );
    await database.pool.query("vacuum analyze agent_capability");
    const times: number[] = [];
    for (let i = 0; i < WARM_UP + DECISIONS; i++) times.push(await decide(ctx, (i * 2_654_435_761) % 2 ** 32));
    const sorted = times.slice(WARM_UP).toSorted((a, b) => a - b);
    const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
    const met = at(0.95) <= targetMs;
    if (!met) process.exitCode = 1;
    console.log(
      `routing: ${registered.toLocaleString("en-US").padStart(9)} registered, ${rows[0]?.open.toLocaleString("en-US")} open: ` +
        `p50 ${at(0.5).toFixed(1)}  p95 ${at(0.95).toFixed(1)} ms  (target p95 ≤ ${targetMs} ms: ${met ? "met" : "MISSED"})`,
    );
  }
  await database.close();
} finally {
  await cluster.stop();
}
