import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { MigrationList, SchemasContainer } from "@prisma/schema-engine-wasm";
import { DatabaseSetupError } from "./setup-error.ts";

export const MIGRATIONS_FOLDER = fileURLToPath(new URL("../../prisma/migrations", import.meta.url));
export const SCHEMA_FOLDER = fileURLToPath(new URL("../../prisma/schema", import.meta.url));
export const FUNCTIONS_FOLDER = fileURLToPath(new URL("../../prisma/functions", import.meta.url));

export type Migration = { name: string; sql: string };

/** The migrations of a folder, oldest first. */
export async function readMigrations(folder: string): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(ifMissing([]));
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => {
      const sql = await readFile(join(folder, name, "migration.sql"), "utf8").catch((cause: unknown) => {
        throw new DatabaseSetupError("MIGRATION_FOLDER_INVALID", `Migration ${name} has no readable migration.sql.`, {
          cause,
        });
      });
      return { name, sql };
    }),
  );
}

/**
 * Prisma's checksum (SHA-256 of the file) and those of the same text with other line ends, which Prisma accepts as
 * well, because git may change them.
 */
export function checksums(sql: string): string[] {
  const unix = sql.replaceAll("\r\n", "\n");
  return [sql, unix, unix.replaceAll("\n", "\r\n")].map((text) => createHash("sha256").update(text).digest("hex"));
}

/** The folder in the form the schema engine reads. */
export async function migrationList(folder: string): Promise<MigrationList> {
  const lockfile = await readFile(join(folder, "migration_lock.toml"), "utf8").catch(ifMissing(null));
  return {
    baseDir: folder,
    lockfile: { path: "migration_lock.toml", content: lockfile },
    shadowDbInitScript: "",
    migrationDirectories: (await readMigrations(folder)).map(({ name, sql }) => ({
      path: name,
      migrationFile: { path: "migration.sql", content: { tag: "ok", value: sql } },
    })),
  };
}

/** All `*.prisma` files of a folder. */
export async function readSchema(folder: string): Promise<SchemasContainer> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".prisma")).sort();
  const files = names.map(async (name) => ({
    path: join(folder, name),
    content: await readFile(join(folder, name), "utf8"),
  }));
  return { files: await Promise.all(files) };
}

/** For `catch`: what stands for a file or folder that is not there. */
export function ifMissing<T>(value: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code === "ENOENT") return value;
    throw error;
  };
}
