import { execFile } from "node:child_process";
import { appendFile, readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { DatabaseSetupError } from "../setup-error.ts";

const run = promisify(execFile);

export type SystemUser = { uid: number; gid: number };

/**
 * The user PostgreSQL runs as when we are root, which it refuses to be; `undefined` when we are not root.
 * initdb looks its own uid up in the passwd file, so a bare number is not enough: the user has to exist.
 */
export async function unprivilegedUser(): Promise<SystemUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const found = await findUser("postgres");
  if (found) return found;
  await run("useradd", ["--system", "--user-group", "--no-create-home", "--shell", "/bin/false", "postgres"]).catch(
    () => addUserByHand("postgres"),
  );
  const added = (await findUser("postgres")) ?? (await findUser("nobody"));
  if (added) return added;
  throw new DatabaseSetupError(
    "DATABASE_START_FAILED",
    'PostgreSQL refuses to run as root and the system user "postgres" could not be created. Create it (useradd --system postgres), or start as a user other than root.',
  );
}

async function findUser(name: string): Promise<SystemUser | undefined> {
  for (const [user, , uid, gid] of await entries("/etc/passwd")) {
    if (user === name && Number(uid) > 0) return { uid: Number(uid), gid: Number(gid) };
  }
  return undefined;
}

/** For systems without useradd: a locked system user, with the highest id below 1000 that is free in both files. */
async function addUserByHand(name: string): Promise<void> {
  const taken = new Set([...(await entries("/etc/passwd")), ...(await entries("/etc/group"))].map((entry) => entry[2]));
  let id = 999;
  while (taken.has(String(id))) id -= 1;
  try {
    await appendLine("/etc/group", `${name}:x:${id}:`);
    await appendLine("/etc/passwd", `${name}:x:${id}:${id}:PostgreSQL:/nonexistent:/bin/false`);
  } catch {
    // A read-only /etc: the caller falls back to a user that is there.
  }
}

async function entries(file: string): Promise<string[][]> {
  const text = await readFile(file, "utf8").catch(() => "");
  return text.split("\n").map((line) => line.split(":"));
}

async function appendLine(file: string, line: string): Promise<void> {
  const text = await readFile(file, "utf8");
  await appendFile(file, `${text === "" || text.endsWith("\n") ? "" : "\n"}${line}\n`);
}
