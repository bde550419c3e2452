import pg, { type Pool } from "pg";
import { violationsQuery } from "#server/ledger/check-invariants.ts";
import type { Books } from "./reference-books.ts";

const clients = new WeakMap<Pool, Promise<pg.Client>>();

/**
 * Every balance against the reference books, and the tenants against the invariants: one statement of the checker's own
 * text, on a connection of its own, planned once. Planning takes several times as long as running it, and a model test
 * asks after every move. The connection ends with its database.
 */
export async function compareBooks(pool: Pool, books: Books, owners: string[], after: string): Promise<void> {
  const names = [...books.balances.keys()].filter((name) => name !== "city");
  const { query } = violationsQuery(owners);
  const client = await connectionFor(pool);
  const { rows } = await client.query<{ no: number; detail: string; balance: string }>({
    name: "compare-books",
    text: `select no, detail, null::bigint as balance from (${query.text}) as violation
           union all select 0, name, balance from ledger.account where name = any($${query.values.length + 1})`,
    values: [...query.values, names],
  });
  const broken = rows.filter(({ no }) => no > 0).map(({ no, detail }) => `(${no}) ${detail}`);
  const real = new Map(rows.filter(({ no }) => no === 0).map(({ detail, balance }) => [detail, Number(balance)]));
  for (const name of names) {
    const [expected, found] = [books.of(name), real.get(name) ?? 0];
    if (expected !== found) broken.push(`${name} is ${found}, the books say ${expected}`);
  }
  if (broken.length > 0) throw new Error(`after ${after}: ${broken.join("; ")}`);
}

function connectionFor(pool: Pool): Promise<pg.Client> {
  const known = clients.get(pool);
  if (known) return known;
  const opening = open(pool.options.connectionString ?? "");
  clients.set(pool, opening);
  return opening;
}

async function open(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString });
  client.on("error", () => undefined);
  await client.connect();
  await client.query("set plan_cache_mode = force_generic_plan");
  return client;
}
