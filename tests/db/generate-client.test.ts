import { copyFile, mkdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { generateClient } from "#server/db/generate-client.ts";
import { testFolder } from "./support.ts";

const PROJECT = fileURLToPath(new URL("../..", import.meta.url));
const MODEL = "model Owner {\n  id String @id\n}\n";

/** A project of one model with this project's packages and generator. */
async function smallProject(): Promise<string> {
  const root = await testFolder();
  await mkdir(join(root, "prisma/schema"), { recursive: true });
  for (const file of ["package.json", "prisma.config.ts", "prisma/schema/main.prisma"]) {
    await copyFile(join(PROJECT, file), join(root, file));
  }
  await symlink(join(PROJECT, "node_modules"), join(root, "node_modules"));
  await writeFile(join(root, "prisma/schema/owner.prisma"), MODEL);
  return root;
}

describe("the Prisma client", { timeout: 60_000 }, () => {
  it("is written without downloading an engine, and again only when the schema has changed or it is gone", async () => {
    const root = await smallProject();
    const client = join(root, "prisma/generated/client.ts");
    expect(await generateClient({ root })).toBe(true);
    const written = (await stat(client)).mtimeMs;

    expect(await generateClient({ root })).toBe(false);
    expect((await stat(client)).mtimeMs).toBe(written);

    await writeFile(join(root, "prisma/schema/owner.prisma"), MODEL.replace("}", "  age Int?\n}"));
    expect(await generateClient({ root })).toBe(true);
    expect(await readFile(join(root, "prisma/generated/models/Owner.ts"), "utf8")).toContain("age");

    await rm(client);
    expect(await generateClient({ root })).toBe(true);
  });

  it("is not written from a schema with a mistake, and Prisma's words say where it is", async () => {
    const root = await smallProject();
    await writeFile(join(root, "prisma/schema/owner.prisma"), MODEL.replace("String", "Strin"));
    await expect(generateClient({ root })).rejects.toThrow(/Strin[\s\S]*owner\.prisma/);
    await expect(stat(join(root, "prisma/generated/inputs.sha256"))).rejects.toThrow("ENOENT");
  });
});
