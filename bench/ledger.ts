import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { startEmbedded } from "#server/db/embedded.ts";
import { migrate } from "#server/db/migrate.ts";
import { quiet } from "#tests/support/quiet-log.ts";

// The ledger's transfer against hand-written SQL that writes the very same rows, on a PostgreSQL with fsync on.
// Short rounds alternate between them, and a ratio is the median of the rounds' own: a slow moment of the disk hits
// both sides of a round, or is one odd round among many.

type Contender =
  /** ledger.transfer, 8 connections, 1,000 accounts. */
  | "transfer"
  /** The same rows by one hand-written function that knows its two accounts and nothing else. */
  | "handWrittenFunction"
  /** The same rows by hand-written statements in a transaction. */
  | "handWrittenStatements"
  /** Into the city's fees, as charges do: one account to the outside, 16 rows inside. */
  | "hot"
  /** For comparison: what it would be if the fees were one row. */
  | "singleRow";

/** Transfers a second, and the ratios that have a target. */
export type LedgerFigures = Record<Contender, number> & { transferRatio: number; hotRatio: number };

const CLIENTS = 8;
const ACCOUNTS = 1_000;
const ROUNDS = 24;
const ROUND_MS = 300;
const TARGETS = { transfer: 0.9, hot: 0.6 };

type Transfer = (client: pg.Client, key: string) => Promise<unknown>;

const someAccount = () => Math.floor(Math.random() * ACCOUNTS);
const twoAccounts = (): [string, string] => {
  const [from, to] = [someAccount(), someAccount()];
  return [`pool:bench${from}`, `pool:bench${to === from ? (to + 1) % ACCOUNTS : to}`];
};

const POST = "select * from ledger.transfer($1, 'bench', $2, $3, $4, 'bench')";
const throughLedger =
  (target?: string): Transfer =>
  (client, key) => {
    const [from, to] = twoAccounts();
    return client.query({ name: "ledger", text: POST, values: [key, from, target ?? to, 1] });
  };
const intoFees: Transfer = (client, key) =>
  client.query({
    name: "fees",
    text: "select * from ledger.transfer($1, 'bench', $2, ledger.shard('fees', $1), $3, 'bench')",
    values: [key, twoAccounts()[0], 1],
  });
const byHandFunction: Transfer = (client, key) => {
  const [from, to] = twoAccounts();
  return client.query({ name: "hand", text: "select bench_transfer($1, $2, $3, $4)", values: [key, from, to, 1] });
};

const STATEMENTS = {
  lock: "select id, name, balance, version from ledger.account where name in ($1, $2) order by name for update",
  take: "update ledger.account set balance = balance - $2, version = version + 1 where id = $1 and balance >= $2 returning balance, version",
  give: "update ledger.account set balance = balance + $2, version = version + 1 where id = $1 returning balance, version",
  log: "insert into ledger.transaction (reference, kind, request) values ($1, 'bench', $2) returning id",
  post: "insert into ledger.posting values ($1, 1, $2, $3, $4, 'bench', $5, $6, $7, $8)",
};

const byHandStatements: Transfer = async (client, key) => {
  const [from, to] = twoAccounts();
  const run = (name: keyof typeof STATEMENTS, values: unknown[]) =>
    client.query({ name, text: STATEMENTS[name], values });
  await client.query("begin");
  const { rows } = await run("lock", [from, to]);
  const [source, target] = rows[0].name === from ? [rows[0], rows[1]] : [rows[1], rows[0]];
  const taken = (await run("take", [source.id, 1])).rows[0];
  const given = (await run("give", [target.id, 1])).rows[0];
  const id = (await run("log", [key, `${from} ${to} 1`])).rows[0].id;
  await run("post", [id, source.id, target.id, 1, taken.balance, taken.version, given.balance, given.version]);
  await client.query("commit");
};

const BENCH_FUNCTION = `
  create function bench_transfer(p_key text, p_from text, p_to text, p_amount bigint) returns void language plpgsql as $$
  declare
    v_from bigint; v_to bigint; v_id bigint; fb bigint; fv bigint; tb bigint; tv bigint;
  begin
    perform 1 from ledger.account where name in (p_from, p_to) order by name for update;
    update ledger.account set balance = balance - p_amount, version = version + 1
      where name = p_from and balance >= p_amount returning id, balance, version into v_from, fb, fv;
    if v_from is null then raise exception 'insufficient'; end if;
    update ledger.account set balance = balance + p_amount, version = version + 1
      where name = p_to returning id, balance, version into v_to, tb, tv;
    insert into ledger.transaction (reference, kind, request)
      values (p_key, 'bench', p_from || ' ' || p_to || ' ' || p_amount) returning id into v_id;
    insert into ledger.posting values (v_id, 1, v_from, v_to, p_amount, 'bench', fb, fv, tb, tv);
  end $$`;

/** Measures on a migrated database. Leaves its accounts and postings behind: give it a throw-away one. */
export async function run({ url }: { url: string }): Promise<LedgerFigures> {
  const clients = Array.from({ length: CLIENTS }, () => new pg.Client({ connectionString: url }));
  await Promise.all(clients.map((client) => client.connect()));
  try {
    await prepare(clients[0] as pg.Client);
    const contenders: Record<Contender, Transfer> = {
      transfer: throughLedger(),
      handWrittenFunction: byHandFunction,
      handWrittenStatements: byHandStatements,
      hot: intoFees,
      singleRow: throughLedger("fees:00"),
    };
    const names = Object.keys(contenders) as Contender[];
    const rates = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Contender, number[]>;
    for (let round = 0; round <= ROUNDS; round++) {
      for (const name of names) {
        const rate = await measure(clients, contenders[name]);
        // The first round warms caches and plans.
        if (round > 0) rates[name].push(rate);
      }
    }
    const middle = Object.fromEntries(Object.entries(rates).map(([name, list]) => [name, median(list)]));
    const ratio = (name: Contender, to: Contender) =>
      median(rates[name].map((rate, round) => rate / (rates[to][round] ?? Number.NaN)));
    return {
      ...(middle as Record<Contender, number>),
      transferRatio: ratio("transfer", "handWrittenFunction"),
      hotRatio: ratio("hot", "transfer"),
    };
  } finally {
    await Promise.all(clients.map((client) => client.end()));
  }
}

async function prepare(client: pg.Client): Promise<void> {
  await client.query(BENCH_FUNCTION);
  await client.query(
    `select ledger.post('bench:' || n, 'bench', array['promo:00'], array['pool:bench' || n], array[1000000::bigint], array['bench'])
     from generate_series(0, $1::int - 1) as n`,
    [ACCOUNTS],
  );
  await client.query("vacuum analyze ledger.account");
}

async function measure(clients: pg.Client[], transfer: Transfer): Promise<number> {
  const until = performance.now() + ROUND_MS;
  const started = performance.now();
  let done = 0;
  await Promise.all(
    clients.map(async (client) => {
      while (performance.now() < until) {
        await transfer(client, randomBytes(12).toString("hex"));
        done += 1;
      }
    }),
  );
  return (done * 1_000) / (performance.now() - started);
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** Prints the figures beside their targets; true when both are met. */
export function report(figures: LedgerFigures): boolean {
  const rate = (value: number) => `${Math.round(value).toLocaleString("en-US")}/s`;
  const verdict = (ratio: number, target: number) =>
    `${ratio.toFixed(2)} (target ≥ ${target}: ${ratio >= target ? "met" : "MISSED"})`;
  console.log(`ledger: transfer through ledger.transfer  ${rate(figures.transfer)}`);
  console.log(`ledger: hand-written function, same rows  ${rate(figures.handWrittenFunction)}`);
  console.log(`ledger: hand-written statements           ${rate(figures.handWrittenStatements)}`);
  console.log(`ledger: into the fees (16 rows)           ${rate(figures.hot)}`);
  console.log(`ledger: into one row, for comparison      ${rate(figures.singleRow)}`);
  console.log(`ledger: transfer ÷ hand-written function  ${verdict(figures.transferRatio, TARGETS.transfer)}`);
  console.log(`ledger: hot account ÷ spread accounts     ${verdict(figures.hotRatio, TARGETS.hot)}`);
  return figures.transferRatio >= TARGETS.transfer && figures.hotRatio >= TARGETS.hot;
}

if (import.meta.main) {
  const dataDir = await mkdtemp(join(tmpdir(), "city-bench-"));
  const postgres = await startEmbedded({ dataDir, log: quiet, durable: true });
  try {
    await migrate(postgres.url, { log: quiet });
    process.exitCode = report(await run({ url: postgres.url })) ? 0 : 1;
  } finally {
    await postgres.stop();
    for (const folder of new Set([dataDir, postgres.place])) await rm(folder, { recursive: true, force: true });
  }
}
