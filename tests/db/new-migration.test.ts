import { readdir, readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Folders, findDrift } from "#server/db/drift.ts";
import type { Embedded } from "#server/db/embedded.ts";
import { migrate } from "#server/db/migrate.ts";
import { writeMigration } from "#server/db/new-migration.ts";
import { startTemporary } from "#server/db/temporary.ts";
import { freshDatabase } from "#tests/support/fresh-database.ts";
import { quiet } from "#tests/support/quiet-log.ts";
import { migrationsFolder, query, testFolder } from "./support.ts";

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

const PLAIN_OWNER = "model Owner {\n  id String @id\n}\n";

const refuse = (words: string) => `-- Why it is there.
CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '${words};';
END
$$;
`;

async function folderOf(files: Record<string, string>): Promise<string> {
  const folder = await testFolder();
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

async function project(
  schema: Record<string, string>,
  { migrations = {}, functions = {} }: { migrations?: Record<string, string>; functions?: Record<string, string> } = {},
): Promise<Folders> {
  return {
    migrations: await migrationsFolder(migrations),
    schema: await folderOf({ "main.prisma": MAIN, ...schema }),
    functions: await folderOf(functions),
  };
}

const NOW = new Date("2030-05-06T07:08:09.123Z");

describe("npm run db:migration", { timeout: 60_000 }, () => {
  it("writes the first and the next migration from a schema of several files, offline, in an order that applies", async () => {
    const folders = await project({ "owner.prisma": OWNER, "pet.prisma": PET });
    const first = (await writeMigration("First tables!", NOW, folders)) ?? "";
    expect(basename(dirname(first))).toBe("20300506070809_first_tables");
    expect(await readFile(first, "utf8")).toContain('CREATE TABLE "Pet"');

    await writeFile(join(folders.schema, "pet.prisma"), PET.replace("ownerId String", "ownerId String\n  age Int?"));
    const earlier = new Date("2029-01-01T00:00:00Z");
    const second = (await writeMigration("pet_age", earlier, folders)) ?? "";
    expect(basename(dirname(second))).toBe("20300506070810_pet_age");
    expect(await readFile(second, "utf8")).toMatch(/^-- AlterTable\nALTER TABLE "Pet" ADD COLUMN +"age" INTEGER;\n$/);

    const server = await startTemporary({ log: quiet });
    const { url } = await freshDatabase(server.url);
    const { applied } = await migrate(url, { log: quiet, folder: folders.migrations }).finally(() => server.stop());
    expect(applied).toEqual(["20300506070809_first_tables", "20300506070810_pet_age"]);
  });

  it("writes the functions that are new or have changed, after the tables they use, and drops those no file declares", async () => {
    const oldest = "CREATE OR REPLACE FUNCTION owners() RETURNS bigint LANGUAGE sql AS $$ SELECT 0::bigint $$;";
    const folders = await project(
      { "owner.prisma": PLAIN_OWNER },
      {
        migrations: {
          "20300101000000_old": `${oldest} CREATE FUNCTION gone(of int) RETURNS int LANGUAGE sql AS 'SELECT 1';`,
        },
        functions: {
          "a.sql":
            'CREATE OR REPLACE FUNCTION owners() RETURNS bigint LANGUAGE sql AS $$ SELECT count(*) + one() FROM "Owner" $$;',
          "b.sql": "CREATE OR REPLACE FUNCTION one() RETURNS bigint LANGUAGE sql AS $$ SELECT 1::bigint $$;",
        },
      },
    );
    await writeMigration("functions", NOW, folders);
    expect(await writeMigration("again", NOW, folders)).toBeNull();

    const server = await startTemporary({ log: quiet });
    const { url } = await freshDatabase(server.url);
    await migrate(url, { log: quiet, folder: folders.migrations });
    const found = await query(url, "SELECT owners(), to_regprocedure('gone(int)') AS gone").finally(() =>
      server.stop(),
    );
    expect(found).toEqual([{ owners: "1", gone: null }]);
  });

  it("names the file of a function that cannot replace the one in force, and says what to do", async () => {
    const folders = await project(
      { "owner.prisma": PLAIN_OWNER },
      {
        migrations: { "20300101000000_old": "CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1';" },
        functions: { "a.sql": "CREATE OR REPLACE FUNCTION one() RETURNS text LANGUAGE sql AS $$ SELECT '1' $$;" },
      },
    );
    await expect(writeMigration("text", NOW, folders)).rejects.toThrow(
      /^a\.sql: cannot change return type.*DROP FUNCTION/,
    );
  });

  it("writes nothing when the migrations already build what the files say", async () => {
    const folders = await project({ "owner.prisma": PLAIN_OWNER });
    await writeMigration("first", NOW, folders);
    const before = await readdir(folders.migrations);
    expect(await writeMigration("second", NOW, folders)).toBeNull();
    expect(await readdir(folders.migrations)).toEqual(before);
  });

  it("refuses a name without letters or digits", async () => {
    await expect(writeMigration(" -- ", NOW, await project({}))).rejects.toThrow("needs a name");
  });
});

describe("files and migrations", { timeout: 60_000 }, () => {
  let server: Embedded;
  beforeAll(async () => {
    server = await startTemporary({ log: quiet });
  }, 60_000);
  afterAll(() => server.stop());

  it("agree in this project: nobody changed a table or a function in one without the other", async () => {
    expect(await findDrift(server.url)).toBeNull();
  });

  it("are told apart by a column or a function's word, and triggers and checks by hand do not disturb", async () => {
    const folders = await project(
      { "owner.prisma": PLAIN_OWNER },
      {
        functions: { "owner.sql": refuse("no") },
        migrations: {
          "001_owner": 'CREATE TABLE "Owner" ("id" TEXT NOT NULL, CONSTRAINT "Owner_pkey" PRIMARY KEY ("id"));',
          "002_by_hand": `ALTER TABLE "Owner" ADD CONSTRAINT short CHECK (length(id) < 40);
            ${refuse("no")}
            CREATE TRIGGER keep BEFORE DELETE ON "Owner" FOR EACH ROW EXECUTE FUNCTION refuse();`,
        },
      },
    );
    expect(await findDrift(server.url, folders)).toBeNull();

    await writeFile(join(folders.functions, "owner.sql"), refuse("never"));
    expect(await findDrift(server.url, folders)).toContain("RAISE EXCEPTION 'never;'");
    await writeFile(join(folders.schema, "owner.prisma"), "model Owner {\n  id String @id\n  name String\n}\n");
    expect(await findDrift(server.url, folders)).toContain('ADD COLUMN     "name" TEXT NOT NULL');
  });

  it("are compared on databases that are gone afterwards, never on the real one", async () => {
    const { url } = await freshDatabase(server.url);
    const databases = () => query(url, "SELECT datname FROM pg_database ORDER BY datname");
    const before = await databases();
    await findDrift(url);
    expect(await databases()).toEqual(before);
    const tables = await query(url, "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace");
    expect(tables).toEqual([]);
  });
});
