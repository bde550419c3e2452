import { randomBytes } from "node:crypto";
import { statement } from "#server/db/migration-pg.ts";

/** A database for one test on the server at `url`: empty, or a copy of `template`. */
export async function freshDatabase(url: string, template?: string): Promise<{ url: string; drop(): Promise<void> }> {
  const name = `test_${randomBytes(8).toString("hex")}`;
  // Not from the template itself: one that somebody is connected to cannot be copied.
  const maintenance = onDatabase(url, "postgres");
  await statement(maintenance, `create database ${name} ${template ? `template ${template}` : ""}`);
  return {
    url: onDatabase(url, name),
    drop: () => statement(maintenance, `drop database if exists ${name} with (force)`),
  };
}

function onDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}
