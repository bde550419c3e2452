/** Makes bare repositories without a git program: demo data, tests, and the remotes of local mode. */
import fs from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import git, { type TreeEntry } from "isomorphic-git";

export type BareRepoOptions = {
  readonly branch?: string;
  readonly author?: { readonly name: string; readonly email: string };
  readonly date?: Date;
  readonly message?: string;
  /** Further names for the commit. */
  readonly tags?: readonly string[];
};

type Folder = Map<string, Folder | string>;

/**
 * Writes a bare repository with one commit. The same input gives the same commit id on every machine.
 * @param dir made anew; whatever was there is removed.
 * @returns the commit.
 */
export async function makeBareRepo(
  dir: string,
  files: Readonly<Record<string, string>>,
  options: BareRepoOptions = {},
): Promise<string> {
  const { branch = "main", date = new Date("2026-01-05T09:00:00Z"), message = "Initial commit" } = options;
  const author = options.author ?? { name: "AI City", email: "demo@aicity.invalid" };
  await rm(dir, { recursive: true, force: true });
  await mkdir(dir, { recursive: true });
  await git.init({ fs, gitdir: dir, bare: true, defaultBranch: branch });
  const tree = await writeFolder(dir, toFolders(files));
  const person = { ...author, timestamp: Math.floor(date.getTime() / 1000), timezoneOffset: 0 };
  const commit = await git.writeCommit({
    fs,
    gitdir: dir,
    commit: { tree, parent: [], author: person, committer: person, message: `${message}\n` },
  });
  await git.writeRef({ fs, gitdir: dir, ref: `refs/heads/${branch}`, value: commit, force: true });
  for (const tag of options.tags ?? []) {
    await git.writeRef({ fs, gitdir: dir, ref: `refs/tags/${tag}`, value: commit, force: true });
  }
  return commit;
}

function toFolders(files: Readonly<Record<string, string>>): Folder {
  const root: Folder = new Map();
  for (const [path, content] of Object.entries(files)) {
    const steps = path.split("/");
    const name = steps.pop() ?? "";
    let folder = root;
    for (const step of steps) {
      const next = folder.get(step) ?? new Map();
      if (typeof next === "string") throw new Error(`${step} is both a file and a folder.`);
      folder.set(step, next);
      folder = next;
    }
    folder.set(name, content);
  }
  return root;
}

async function writeFolder(dir: string, folder: Folder): Promise<string> {
  const tree: TreeEntry[] = [];
  for (const [path, content] of folder) {
    if (typeof content === "string") {
      const oid = await git.writeBlob({ fs, gitdir: dir, blob: Buffer.from(content) });
      tree.push({ mode: "100644", path, oid, type: "blob" });
    } else {
      tree.push({ mode: "040000", path, oid: await writeFolder(dir, content), type: "tree" });
    }
  }
  return git.writeTree({ fs, gitdir: dir, tree });
}
