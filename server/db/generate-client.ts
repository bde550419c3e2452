import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { access, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

type Options = { root?: string; output?: string };

const PROJECT = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Writes the Prisma client when it is missing or older than the schema files or the Prisma version it came from.
 * @returns whether there was work. @throws with Prisma's own words when the schema does not compile.
 */
export async function generateClient({ root = PROJECT, output = "prisma/generated" }: Options = {}): Promise<boolean> {
  const require = createRequire(join(root, "package.json"));
  const prisma = dirname(require.resolve("prisma/package.json"));
  const inputs = await fingerprint(root, join(prisma, "package.json"));
  const stamp = join(root, output, "inputs.sha256");
  const complete = await exists(join(root, output, "client.ts"));
  if (complete && (await readFile(stamp, "utf8").catch(() => "")) === inputs) return false;
  // Prisma refuses to write over a folder that does not look like its own, such as the rest of an interrupted run.
  if (!complete) await rm(join(root, output), { recursive: true, force: true });

  const result = spawnSync(process.execPath, [join(prisma, "build", "index.js"), "generate"], {
    cwd: root,
    encoding: "utf8",
    env: {
      ...process.env,
      // `generate` never runs the engine, but downloads it unless it is told of one; any program that exists will do.
      PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
      PRISMA_HIDE_UPDATE_MESSAGE: "1",
      CHECKPOINT_DISABLE: "1",
    },
  });
  if (result.status !== 0) {
    throw new Error(`prisma generate failed:\n${result.error?.message ?? `${result.stdout}${result.stderr}`}`);
  }
  await writeFile(stamp, inputs);
  return true;
}

/** By content, not by time: a checkout or a copy gives old files new times. */
async function fingerprint(root: string, prismaPackage: string): Promise<string> {
  const schema = join(root, "prisma", "schema");
  const names = (await readdir(schema)).filter((name) => name.endsWith(".prisma")).sort();
  const hash = createHash("sha256");
  for (const file of [...names.map((name) => join(schema, name)), prismaPackage]) {
    hash.update(await readFile(file)).update("\0");
  }
  return hash.digest("hex");
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

if (import.meta.main) {
  try {
    if (await generateClient()) console.log("Prisma client generated.");
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
