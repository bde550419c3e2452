import { randomUUID } from "node:crypto";
import type { DiffParams } from "@prisma/schema-engine-wasm";
import { findFunctionDrift } from "./function-drift.ts";
import { migrate } from "./migrate.ts";
import { statement } from "./migration-pg.ts";
import { FUNCTIONS_FOLDER, MIGRATIONS_FOLDER, migrationList, readSchema, SCHEMA_FOLDER } from "./migrations-folder.ts";
import { EVERYTHING, withSchemaEngine } from "./schema-engine.ts";

export type Folders = { migrations: string; schema: string; functions: string };

export const PROJECT: Folders = { migrations: MIGRATIONS_FOLDER, schema: SCHEMA_FOLDER, functions: FUNCTIONS_FOLDER };

/**
 * The SQL that leads from what the migrations build to what the files for tables (`schema`) and `functions` say; `null`
 * when they agree. Works on databases beside the one at `url`, which are dropped again. What neither can express
 * (triggers, check constraints, rights) is not compared.
 */
export async function findDrift(url: string, folders: Folders = PROJECT): Promise<string | null> {
  const params: DiffParams = {
    from: { tag: "migrations", ...(await migrationList(folders.migrations)) },
    to: { tag: "schemaDatamodel", ...(await readSchema(folders.schema)) },
    script: true,
    exitCode: true,
    filters: EVERYTHING,
  };
  const { exitCode, stdout } = await withSchemaEngine(url, (engine) => engine.diff(params));
  const tables = exitCode === 0 ? "" : (stdout ?? "");
  const functions = await withScratchDatabase(url, async (scratch) => {
    await migrate(scratch, { log: { info() {}, warn: console.warn }, folder: folders.migrations });
    return findFunctionDrift(scratch, folders.functions, tables);
  });
  return [tables.trimEnd(), functions].filter(Boolean).join("\n\n") || null;
}

async function withScratchDatabase<T>(url: string, use: (url: string) => Promise<T>): Promise<T> {
  const name = `drift_${randomUUID().replaceAll("-", "")}`;
  const scratch = new URL(url);
  scratch.pathname = `/${name}`;
  await statement(url, `CREATE DATABASE ${name}`);
  return use(scratch.href).finally(() => statement(url, `DROP DATABASE ${name} WITH (FORCE)`));
}
