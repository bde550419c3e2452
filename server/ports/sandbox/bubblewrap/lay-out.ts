/** Fills a fresh box with a source: the pristine git folder and the seller's work tree. */

import type { FetchedRepo } from "../../repo-fetch.ts";
import { RepoUnavailable } from "../../sandbox.ts";
import { commitFiles } from "../git-objects.ts";
import {
  BRANCH,
  GIT_ENVIRONMENT,
  LAY_OUT,
  PRISTINE_GIT,
  SAFE_ATTRIBUTES,
  SAFE_CONFIG,
  SELLER_CONFIG,
} from "../sealed/git-scripts.ts";
import { layOutFailure } from "../sealed/lay-out-failure.ts";
import { describeFiles, type LaidOut, readLayOut } from "../sealed/manifest.ts";
import { launcher } from "./launcher.ts";
import type { Seal, SealedUser } from "./seal.ts";

/** Bytes of printed file list that are taken in; about a million paths. */
const MAX_LIST_BYTES = 64 * 1024 * 1024;

export type Box = { readonly folder: string; readonly user: SealedUser };

/** Unpacks what a remote sent. Nobody has judged it yet, so this happens inside the seal, under the sandbox's limits. */
export async function layOutPack(
  seal: Seal,
  { folder, user }: Box,
  { pack, commit }: FetchedRepo,
  options: { readonly strict: boolean; readonly timeoutMs: number },
): Promise<LaidOut> {
  const run = await seal.run(user, {
    binds: [{ from: folder, to: "/box", writable: true }],
    argv: ["sh", "-c", LAY_OUT, "sh", commit, options.strict ? "--strict" : "--threads=1"],
    env: GIT_ENVIRONMENT,
    input: pack,
    timeoutMs: options.timeoutMs,
    outputBytes: MAX_LIST_BYTES,
  });
  if (run.exitCode !== 0 || run.truncated) throw layOutFailure(run);
  return readLayOut(run.stdout.toString());
}

/**
 * Writes the files of a buyer's request. Their paths are checked and their bytes are not looked into, so there is
 * nothing that a seal would stop, and its half a dozen processes would be most of the time to a ready sandbox.
 */
export async function layOutFiles({ folder, user }: Box, files: ReadonlyMap<string, string>): Promise<LaidOut> {
  const { commit, pack, packIndex, index } = commitFiles(files);
  const head = `ref: refs/heads/${BRANCH}\n`;
  const tree: Record<string, string | Buffer> = {
    "git/HEAD": head,
    "git/config": SAFE_CONFIG,
    "git/info/attributes": SAFE_ATTRIBUTES,
    "git/index": index,
    "git/objects/pack/pack-files.pack": pack,
    "git/objects/pack/pack-files.idx": packIndex,
    [`git/refs/heads/${BRANCH}`]: `${commit}\n`,
    "repo/.git/HEAD": head,
    "repo/.git/config": SELLER_CONFIG,
    "repo/.git/index": index,
    "repo/.git/objects/info/alternates": `${PRISTINE_GIT}/objects\n`,
    [`repo/.git/refs/heads/${BRANCH}`]: `${commit}\n`,
  };
  for (const [path, data] of files) tree[`repo/${path}`] = data;
  const empty = [
    "tmp",
    "git/refs/tags",
    "repo/.git/objects/pack",
    "repo/.git/refs/tags",
    "repo/.git/info",
    "repo/.git/hooks",
  ];
  try {
    await launcher.writeTree({
      box: folder,
      uid: user.uid,
      folders: withParents([...empty, ...Object.keys(tree).map(parentOf)]),
      files: Object.entries(tree).map(([path, data]) => [path, Buffer.from(data)]),
    });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ENOSPC") throw cause;
    throw new RepoUnavailable("The files are too large, or too many.", { cause });
  }
  return { commit, ...describeFiles(files) };
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

/** Every folder on the way to these, each once, parents first. */
function withParents(paths: readonly string[]): string[] {
  const all = new Set<string>();
  for (const path of paths) {
    for (let folder = path; folder !== ""; folder = parentOf(folder)) all.add(folder);
  }
  return [...all].sort();
}
