import type { DiffParams } from "@prisma/schema-engine-wasm";
import { MIGRATIONS_FOLDER, migrationList, readSchema, SCHEMA_FOLDER } from "./migrations-folder.ts";
import { EVERYTHING, withSchemaEngine } from "./schema-engine.ts";

export type Folders = { migrations?: string; schema?: string };

/**
 * The SQL that leads from what the migrations build to what the schema files say; `null` when they agree. Works on a
 * shadow database beside the one at `url`, which is dropped again. What Prisma's schema cannot express (functions,
 * triggers, check constraints) is not compared.
 */
export async function findDrift(url: string, folders: Folders = {}): Promise<string | null> {
  const params: DiffParams = {
    from: { tag: "migrations", ...(await migrationList(folders.migrations ?? MIGRATIONS_FOLDER)) },
    to: { tag: "schemaDatamodel", ...(await readSchema(folders.schema ?? SCHEMA_FOLDER)) },
    script: true,
    exitCode: true,
    filters: EVERYTHING,
  };
  const { exitCode, stdout } = await withSchemaEngine(url, (engine) => engine.diff(params));
  return exitCode === 0 ? null : (stdout ?? "");
}
