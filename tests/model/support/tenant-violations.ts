import pg, { type Pool } from "pg";
import { violationsQuery } from "#server/ledger/check-invariants.ts";

const clients = new WeakMap<Pool, Promise<pg.Client>>();

/**
 * The same query as the checker's on a connection of its own, planned once: planning takes several times as long as
 * running it, and a model test asks after every move. The connection ends with its database.
 */
export async function tenantViolations(pool: Pool, owners: string[]): Promise<string[]> {
  const client = await connectionFor(pool);
  const { query } = violationsQuery(owners);
  const { rows } = await client.query<{ no: number; detail: string }>({
    name: "tenant-violations",
    text: query.text,
    values: query.values,
  });
  return rows.map(({ no, detail }) => `(${no}) ${detail}`);
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
