import { readdir, readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findDrift } from "#server/db/drift.ts";
import type { Embedded } from "#server/db/embedded.ts";
import { migrate } from "#server/db/migrate.ts";
import { writeMigration } from "#server/db/new-migration.ts";
import { startTemporary } from "#server/db/temporary.ts";
import { emptyDatabase, migrationsFolder, query, quiet, testFolder, writeMigrationFile } from "./support.ts";

const MAIN = `datasource db {
  provider = "postgresql"
}
`;
const OWNER = `model Owner {
  id    String @id
  email String @unique
  pets  Pet[]
}
`;
const PET = `model Pet {
  id      String @id
  owner   Owner  @relation(fields: [ownerId], references: [id])
  ownerId String
}
`;

async function schemaFolder(files: Record<string, string>): Promise<string> {
  const folder = await testFolder();
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

const NOW = new Date("2030-05-06T07:08:09.123Z");

describe("npm run db:migration", { timeout: 60_000 }, () => {
  it("writes the first and the next migration from a schema of several files, offline, in an order that applies", async () => {
    const migrations = await migrationsFolder({});
    const schema = await schemaFolder({ "main.prisma": MAIN, "owner.prisma": OWNER, "pet.prisma": PET });

    const first = (await writeMigration("First tables!", NOW, { migrations, schema })) ?? "";
    expect(basename(dirname(first))).toBe("20300506070809_first_tables");
    expect(await readFile(first, "utf8")).toContain('CREATE TABLE "Pet"');

    await writeFile(join(schema, "pet.prisma"), PET.replace("ownerId String", "ownerId String\n  age Int?"));
    const earlier = new Date("2029-01-01T00:00:00Z");
    const second = (await writeMigration("pet_age", earlier, { migrations, schema })) ?? "";
    expect(basename(dirname(second))).toBe("20300506070810_pet_age");
    expect(await readFile(second, "utf8")).toMatch(/^-- AlterTable\nALTER TABLE "Pet" ADD COLUMN +"age" INTEGER;\n$/);

    const server = await startTemporary({ log: quiet });
    const url = await emptyDatabase(server.url);
    const { applied } = await migrate(url, { log: quiet, folder: migrations }).finally(() => server.stop());
    expect(applied).toEqual(["20300506070809_first_tables", "20300506070810_pet_age"]);
  });

  it("writes nothing when the migrations already build the schema", async () => {
    const schema = await schemaFolder({ "main.prisma": MAIN, "owner.prisma": "model Owner {\n  id String @id\n}\n" });
    const migrations = await migrationsFolder({});
    await writeMigration("first", NOW, { migrations, schema });
    const before = await readdir(migrations);
    expect(await writeMigration("second", NOW, { migrations, schema })).toBeNull();
    expect(await readdir(migrations)).toEqual(before);
  });

  it("refuses a name without letters or digits", async () => {
    await expect(writeMigration(" -- ", NOW, { migrations: await migrationsFolder({}) })).rejects.toThrow(
      "needs a name",
    );
  });
});

describe("schema and migrations", { timeout: 60_000 }, () => {
  let server: Embedded;
  beforeAll(async () => {
    server = await startTemporary({ log: quiet });
  }, 60_000);
  afterAll(() => server.stop());

  it("agree in this project: nobody changed one without the other", async () => {
    expect(await findDrift(server.url)).toBeNull();
  });

  it("are told apart by a column that only the schema has, and hand-written SQL does not disturb", async () => {
    const schema = await schemaFolder({ "main.prisma": MAIN, "owner.prisma": "model Owner {\n  id String @id\n}\n" });
    const migrations = await migrationsFolder({
      "001_owner": 'CREATE TABLE "Owner" ("id" TEXT NOT NULL, CONSTRAINT "Owner_pkey" PRIMARY KEY ("id"));',
    });
    await writeMigrationFile(
      migrations,
      "002_by_hand",
      `ALTER TABLE "Owner" ADD CONSTRAINT short CHECK (length(id) < 40);
       CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no;'; END $$;
       CREATE TRIGGER keep BEFORE DELETE ON "Owner" FOR EACH ROW EXECUTE FUNCTION stop();`,
    );
    expect(await findDrift(server.url, { migrations, schema })).toBeNull();

    await writeFile(join(schema, "owner.prisma"), "model Owner {\n  id String @id\n  name String\n}\n");
    expect(await findDrift(server.url, { migrations, schema })).toContain('ADD COLUMN     "name" TEXT NOT NULL');
  });

  it("are compared on a shadow database that is gone afterwards, never on the real one", async () => {
    const url = await emptyDatabase(server.url);
    await findDrift(url);
    const databases = await query(url, "SELECT datname FROM pg_database WHERE datname LIKE 'prisma_migrate_shadow%'");
    expect(databases).toEqual([]);
    const tables = await query(url, "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace");
    expect(tables).toEqual([]);
  });
});
