/** What we write in git's formats is what git itself would have written. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { findProgram } from "#server/ports/sandbox/bubblewrap/find-program.ts";
import { commitFiles } from "#server/ports/sandbox/git-objects.ts";

const root = mkdtempSync(join(tmpdir(), "city-commit-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Names that git sorts in its own way, content twice, nothing at all, more than one byte of length, every fanout. */
const FILES = new Map([
  ["a.txt", "same\n"],
  ["a/b", "same\n"],
  ["a-b/c/d/é", ""],
  ["a0", "no newline"],
  [`deep/${"n".repeat(250)}`, "x\n".repeat(100_000)],
  ...Array.from({ length: 600 }, (_, i): [string, string] => [`many/${i % 7}/${i}.txt`, `${i}\n`]),
]);

it.runIf(findProgram("git") !== null)(
  "git reads the commit, pack and index of handed-in files, and makes the same",
  () => {
    const env = {
      PATH: process.env.PATH ?? "",
      HOME: root,
      GIT_CONFIG_NOSYSTEM: "1",
    } as unknown as NodeJS.ProcessEnv;
    const git = (...args: string[]) => execFileSync("git", ["-C", root, ...args], { encoding: "utf8", env }).trim();
    const { commit, pack, packIndex, index } = commitFiles(FILES);
    git("init", "--quiet", "--initial-branch=main");
    const folder = join(root, ".git/objects/pack");
    writeFileSync(join(folder, "pack-x.pack"), pack);
    writeFileSync(join(folder, "pack-x.idx"), packIndex);
    writeFileSync(join(root, ".git/index"), index);
    writeFileSync(join(root, ".git/refs/heads/main"), `${commit}\n`);
    for (const [path, content] of FILES) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), content);
    }
    expect(git("fsck", "--full", "--strict")).toBe("");
    git("verify-pack", join(folder, "pack-x.idx"));
    expect(git("status", "--porcelain")).toBe("");
    expect(git("ls-files").split("\n")).toHaveLength(FILES.size);
    // The tree that git makes of the same work tree, and the names that it gives pack and index of the same objects.
    git("add", "--all");
    expect(git("write-tree")).toBe(git("rev-parse", `${commit}^{tree}`));
    git("index-pack", "-o", join(root, ".git/theirs.idx"), join(folder, "pack-x.pack"));
    expect(execFileSync("cmp", [join(root, ".git/theirs.idx"), join(folder, "pack-x.idx")], { encoding: "utf8" })).toBe(
      "",
    );
  },
);
