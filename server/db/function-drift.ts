import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { ifMissing } from "./migrations-folder.ts";

/**
 * The SQL that leads from the functions of the database at `url` to those that the files of `folder` declare; empty when
 * they agree. `first` is run before. All of it happens in one transaction that is taken back.
 * @throws Error with the file's name and PostgreSQL's words when a file does not apply.
 */
export async function findFunctionDrift(url: string, folder: string, first: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query("BEGIN");
    await client.query(first);
    const built = new Map((await functions(client)).map(({ signature, definition }) => [signature, definition]));
    // A function may call one that a later file declares.
    await client.query("SET LOCAL check_function_bodies = off");
    for (const file of await declarations(folder)) await client.query(file.sql).catch(tellOf(file.name));
    const all = await functions(client);
    await client.query("ROLLBACK");
    const added = all.filter(({ signature }) => !built.has(signature));
    const changed = all.filter(({ signature, definition }) => (built.get(signature) ?? definition) !== definition);
    const dropped = all.filter(({ declared }) => !declared);
    return [
      ...[...added, ...changed].map(({ definition }) => `${definition.trimEnd()};`),
      ...dropped.map(({ signature }) => `DROP FUNCTION ${signature};`),
    ].join("\n\n");
  } finally {
    await client.end();
  }
}

type DatabaseFunction = { signature: string; definition: string; declared: boolean };

/** All functions but those that come with PostgreSQL and the queue, the oldest first. */
async function functions(client: pg.Client): Promise<DatabaseFunction[]> {
  const { rows } = await client.query<DatabaseFunction>(
    `SELECT p.oid::regprocedure::text AS signature, pg_get_functiondef(p.oid) AS definition,
            p.xmin = pg_current_xact_id()::xid AS declared
     FROM pg_proc p
     WHERE p.pronamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema', 'graphile_worker')
     ORDER BY p.oid`,
  );
  return rows;
}

async function declarations(folder: string): Promise<{ name: string; sql: string }[]> {
  const names = (await readdir(folder).catch(ifMissing([]))).filter((name) => name.endsWith(".sql")).sort();
  return Promise.all(names.map(async (name) => ({ name, sql: await readFile(join(folder, name), "utf8") })));
}

function tellOf(file: string): (error: pg.DatabaseError) => never {
  return (error) => {
    throw new Error([`${file}: ${error.message}`, error.hint].filter(Boolean).join(". "), { cause: error });
  };
}
