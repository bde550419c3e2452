/** What a sandbox is made of: a repository that is fetched, or files that were handed in. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { newId } from "#server/kernel/ids.ts";
import { makeBareRepo } from "#server/ports/repo-fetch/bare-repo.ts";
import { BROKEN, smallFile } from "../broken-remotes.ts";
import { hostileRepo } from "../hostile-remote.ts";
import { eachAdapter, FILES, isRoot } from "./each-adapter.ts";

const MB = 1024 * 1024;

it("the same files give the same commit wherever they are written", async () => {
  const folder = mkdtempSync(join(tmpdir(), "city-commit-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const once = await makeBareRepo(join(folder, "once.git"), FILES, { tags: ["v1"] });
  expect(await makeBareRepo(join(folder, "again.git"), FILES)).toBe(once);
});

eachAdapter((at) => {
  it("fetches a repository by HEAD, branch, tag and commit, and measures its text", async () => {
    for (const ref of [undefined, "main", "v1", at.remotes.commit]) {
      const sandbox = await at.city.create({ id: newId(), source: at.demo(ref) });
      expect(sandbox.commit).toBe(at.remotes.commit);
      expect(sandbox.textBytes).toBe(Object.values(FILES).join("").length);
      expect((await sandbox.readFile("src/main.ts")).content).toBe(FILES["src/main.ts"]);
      await at.city.destroy(sandbox.id);
    }
  });

  it("refuses handed-in files whose path leads out, into .git, or twice to one place", async () => {
    for (const paths of [
      ["../x"],
      ["/x"],
      ["a/../../x"],
      [".git/hooks/x"],
      ["a/.GIT/x"],
      ["git~1/x"],
      ["a\\b"],
      ["a\nb"],
      [""],
      ["a/"],
      ["a", "a"],
      ["a", "a/b"],
      [".g\u200cit/x"],
    ]) {
      const files = paths.map((path) => ({ path, content: "x" }));
      const made = at.city.create({ id: newId(), source: { kind: "files", files } });
      await expect(made, String(paths)).rejects.toMatchObject({ reason: "repo_unavailable" });
    }
  });

  // Without root bubblewrap bounds single files only, and E2B has the disk of its template: both say so.
  const bounded = at.name === "virtual" || (at.name === "bubblewrap" && isRoot);
  it.runIf(bounded)("handed-in files that do not fit end with a plain sentence, and leave nothing", async () => {
    const one = { path: "big.txt", content: "x".repeat(3 * MB) };
    const many = Array.from({ length: 400 }, (_, i) => ({ path: `${i}/${i}.txt`, content: "x" }));
    for (const [files, limits] of [
      [[one], { diskBytes: 2 * MB }],
      [many, { files: 300 }],
    ] as const) {
      const id = newId();
      await expect(at.city.create({ id, source: { kind: "files", files }, limits })).rejects.toMatchObject({
        reason: "repo_unavailable",
        message: expect.stringMatching(/too large, or/),
      });
      expect(await at.city.open(id)).toBeNull();
    }
  });

  it.each(Object.keys(BROKEN))(
    "%s ends as repo_unavailable with a plain sentence, and leaves nothing",
    async (what) => {
      const served = BROKEN[what]?.();
      if (served === undefined) throw new Error("unknown case");
      at.remotes.hostile.repos.set("case", served);
      const id = newId();
      const source = { kind: "repo" as const, url: `${at.remotes.hostileUrl}case.git`, token: "tok_secret_1" };
      const limits = { createMs: 4000, files: 2000 };
      const failure = await at.city.create({ id, source, limits }).catch((error) => error);
      expect(failure).toMatchObject({ reason: "repo_unavailable", message: expect.stringMatching(/^[A-Z][ -~]+\.$/) });
      expect(failure.message).not.toMatch(/tok_secret|127\.0\.0\.1/);
      expect(await at.city.open(id)).toBeNull();
    },
  );

  it("3,000 folders inside each other do no harm", async () => {
    const repo = hostileRepo((pack) => {
      let entry = smallFile(pack) as { mode: string; name: string; oid: string };
      for (let i = 0; i < 3000; i++) entry = { mode: "40000", name: "d", oid: pack.tree([entry]) };
      return [entry];
    });
    at.remotes.hostile.repos.set("deep", repo);
    const source = { kind: "repo" as const, url: `${at.remotes.hostileUrl}deep.git` };
    const failure = await at.city.create({ id: newId(), source }).catch((error) => error);
    expect(failure).toMatchObject({ reason: "repo_unavailable" });
    expect((await at.city.create({ id: newId(), source: at.demo() })).commit).toBe(at.remotes.commit);
  });
});
