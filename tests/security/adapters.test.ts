/**
 * What every sandbox adapter promises, checked on each that this machine has. Longer than most files, because the list of
 * promises is one: it runs against one set of remotes, and an adapter that is added meets all of it.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serve } from "@hono/node-server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newId } from "#server/kernel/ids.ts";
import { makeBareRepo } from "#server/ports/repo-fetch/bare-repo.ts";
import { repoBroker } from "#server/ports/repo-fetch/broker.ts";
import { localRemote } from "#server/ports/repo-fetch/local-remote.ts";
import { startBubblewrap } from "#server/ports/sandbox/bubblewrap/start.ts";
import { startSandbox } from "#server/ports/sandbox/start.ts";
import type { SandboxName, SandboxProvider } from "#server/ports/sandbox.ts";
import { E2bStandIn } from "#tests/support/e2b/stand-in.ts";
import { BROKEN, smallFile } from "./broken-remotes.ts";
import { HostileRemote, hostileRepo } from "./hostile-remote.ts";

const MB = 1024 * 1024;
const FILES = {
  "README.md": "# Demo\nno newline at the end",
  "src/main.ts": "export const answer = 42;\nconsole.log(answer);\n",
  "src/deep/er/x.txt": "x\n",
};
const root = mkdtempSync(join(tmpdir(), "city-adapters-"));
const hostile = new HostileRemote();
const e2b = new E2bStandIn();
let e2bUrl = "";
let gitUrl = "";
let hostileUrl = "";
let commit = "";
let server: ReturnType<typeof serve>;
const provider = (only: SandboxName, folder = only as string) => {
  const repos = repoBroker({ allowedHosts: ["github.com"], localRemotes: [gitUrl, hostileUrl] });
  const account = { apiKey: e2b.apiKey, template: "base", apiUrl: e2bUrl, sandboxUrl: e2bUrl };
  const options = { dataDir: join(root, folder), repos, only, e2b: { account, city: folder } };
  return startSandbox(options).then((started) => started.provider);
};

beforeAll(async () => {
  commit = await makeBareRepo(join(root, "git", "demo.git"), FILES, { tags: ["v1"] });
  server = serve({ fetch: localRemote(join(root, "git")), port: 0, hostname: "127.0.0.1" });
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  gitUrl = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/git/`;
  hostileUrl = await hostile.listen();
  e2bUrl = await e2b.listen();
});
afterAll(async () => {
  await e2b.close();
  server.close();
  hostile.close();
  rmSync(root, { recursive: true, force: true });
});

it("the same files give the same commit wherever they are written", async () => {
  expect(await makeBareRepo(join(root, "git", "again.git"), FILES)).toBe(commit);
});

/** The machines that stand in for E2B's need root here; E2B's own do not. */
const adapters = (["bubblewrap", "virtual", "e2b"] as const).filter(
  (name) => name !== "e2b" || process.getuid?.() === 0,
);

describe.each(adapters)("%s", (name) => {
  let city: SandboxProvider;
  beforeAll(async () => {
    city = await provider(name);
  });
  afterAll(async () => {
    await city.sweep(new Set());
  });
  const demo = (ref?: string) => ({ kind: "repo" as const, url: `${gitUrl}demo.git`, ...(ref && { ref }) });

  it("fetches a repository by HEAD, branch, tag and commit, and measures its text", async () => {
    for (const ref of [undefined, "main", "v1", commit]) {
      const sandbox = await city.create({ id: newId(), source: demo(ref) });
      expect(sandbox.commit).toBe(commit);
      expect(sandbox.textBytes).toBe(Object.values(FILES).join("").length);
      expect((await sandbox.readFile("src/main.ts")).content).toBe(FILES["src/main.ts"]);
      await city.destroy(sandbox.id);
    }
  });

  it("reads, lists and writes files, text and binary, and says when it cut one", async () => {
    const files = [
      { path: "a.txt", content: "a" },
      { path: "big.txt", content: "é".repeat(700_000) },
    ];
    const sandbox = await city.create({ id: newId(), source: { kind: "files", files } });
    expect(await sandbox.writeFile("new/folder/b.bin", Buffer.from([0, 255, 1]).toString("base64"), "base64")).toEqual({
      sizeBytes: 3,
    });
    expect(await sandbox.readFile("new/folder/b.bin")).toMatchObject({
      content: "AP8B",
      encoding: "base64",
      sizeBytes: 3,
      truncated: false,
    });
    expect(await sandbox.readFile("/home/user/repo/a.txt")).toMatchObject({
      content: "a",
      encoding: "utf8",
      path: "/home/user/repo/a.txt",
    });
    const big = await sandbox.readFile("big.txt");
    expect(big).toMatchObject({ truncated: true, encoding: "utf8", sizeBytes: 1_400_000 });
    const names = (await sandbox.listFiles("")).filter((entry) => entry.name !== ".git");
    expect(names).toEqual([
      { name: "a.txt", type: "file", sizeBytes: 1 },
      { name: "big.txt", type: "file", sizeBytes: 1_400_000 },
      { name: "new", type: "directory", sizeBytes: 0 },
    ]);
  });

  it("refuses paths that are missing, outside or no files, each with its code", async () => {
    const sandbox = await city.create({
      id: newId(),
      source: { kind: "files", files: [{ path: "d/a", content: "a" }] },
    });
    await sandbox.exec("ln -s /etc/passwd link; ln -s nowhere dangling; ln -s / top");
    await expect(sandbox.readFile("none")).rejects.toMatchObject({ code: "FILE_NOT_FOUND" });
    await expect(sandbox.listFiles("none")).rejects.toMatchObject({ code: "FILE_NOT_FOUND" });
    for (const path of [
      "../x",
      "/etc/passwd",
      "/home/user/repo/../../x",
      "a\0b",
      "a\nb",
      "d",
      "top/etc/passwd",
      "x".repeat(2000),
    ]) {
      await expect(sandbox.readFile(path), path).rejects.toMatchObject({
        code: expect.stringMatching(/VALIDATION_ERROR|FILE_NOT_FOUND/),
      });
    }
    for (const path of ["../x", "/etc/x", "", "d", "d/a/b", "top/tmp/x", ".."]) {
      await expect(sandbox.writeFile(path, "x"), path).rejects.toMatchObject({ code: "VALIDATION_ERROR" });
    }
    await expect(sandbox.listFiles("d/a")).rejects.toMatchObject({ code: "VALIDATION_ERROR" });
    await expect(sandbox.exec(" ")).rejects.toMatchObject({ code: "VALIDATION_ERROR" });
    await expect(sandbox.exec("a\0b")).rejects.toMatchObject({ code: "VALIDATION_ERROR" });
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
      await expect(city.create({ id: newId(), source: { kind: "files", files } }), String(paths)).rejects.toMatchObject(
        { reason: "repo_unavailable" },
      );
    }
  });

  // Without root bubblewrap bounds single files only, and E2B has the disk of its template: both say so.
  const bounded = name === "virtual" || (name === "bubblewrap" && process.getuid?.() === 0);
  it.runIf(bounded)("handed-in files that do not fit end with a plain sentence, and leave nothing", async () => {
    const one = { path: "big.txt", content: "x".repeat(3 * MB) };
    const many = Array.from({ length: 400 }, (_, i) => ({ path: `${i}/${i}.txt`, content: "x" }));
    for (const [files, limits] of [
      [[one], { diskBytes: 2 * MB }],
      [many, { files: 300 }],
    ] as const) {
      const id = newId();
      await expect(city.create({ id, source: { kind: "files", files }, limits })).rejects.toMatchObject({
        reason: "repo_unavailable",
        message: expect.stringMatching(/too large, or/),
      });
      expect(await city.open(id)).toBeNull();
    }
  });

  it("runs commands with exit code, both streams, folder and time limit", async () => {
    const sandbox = await city.create({ id: newId(), source: demo() });
    const run = await sandbox.exec("pwd; echo wrong >&2; exit 3", { cwd: "src" });
    expect(run).toMatchObject({
      exitCode: 3,
      stdout: "/home/user/repo/src\n",
      stderr: "wrong\n",
      timedOut: false,
      truncated: false,
    });
    expect(await sandbox.exec("sleep 60", { timeoutMs: 300 })).toMatchObject({ timedOut: true, exitCode: 137 });
    const loud = await sandbox.exec("seq 1 100000");
    expect(loud.truncated).toBe(true);
    expect(loud.stdout.length).toBeLessThanOrEqual(256 * 1024);
  });

  it("its patch applies at the pristine commit and reproduces the work tree exactly", async () => {
    const sandbox = await city.create({ id: newId(), source: demo() });
    await sandbox.writeFile("README.md", "# Demo\nchanged\n");
    await sandbox.writeFile("src/new é.txt", "neu\n");
    await sandbox.writeFile("image.bin", Buffer.from([137, 80, 0, 255, 10]).toString("base64"), "base64");
    await sandbox.writeFile("latin1.txt", Buffer.from("caf\u00e9\n", "latin1").toString("base64"), "base64");
    await sandbox.exec("rm -r src/deep; chmod +x src/main.ts; ln -s README.md link");
    const { patch, truncated, createdPaths } = await sandbox.diff();
    expect({ truncated, createdPaths }).toEqual({
      truncated: false,
      createdPaths: ["image.bin", "latin1.txt", "link", "src/new é.txt"],
    });
    const clone = mkdtempSync(join(root, "clone-"));
    writeFileSync(join(root, "x.patch"), patch);
    const git = (...args: string[]) => execFileSync("git", ["-C", clone, ...args], { encoding: "latin1" });
    execFileSync("git", ["clone", "-q", join(root, "git", "demo.git"), clone]);
    git("apply", "--index", join(root, "x.patch"));
    expect(
      git("ls-files", "-s")
        .split("\n")
        .map((line) => line.slice(0, 6))
        .filter(Boolean),
    ).toEqual(["100644", "100644", "100644", "120000", "100755", "100644"]);
    expect(git("show", ":latin1.txt")).toBe("caf\u00e9\n");
    expect(git("show", ":image.bin")).toBe("\u0089P\0\u00ff\n");
    expect(git("show", ":README.md")).toBe("# Demo\nchanged\n");
  });

  // Git compares times in whole seconds, and reads a file of the same size again only if its index is as old.
  it("a change that keeps a file's size, in the second it was laid out, is in the patch a second later", async () => {
    const source = { kind: "files" as const, files: [{ path: "a.md", content: "# Oaks\n" }] };
    const sandbox = await city.create({ id: newId(), source });
    await sandbox.exec("echo '# Ogre' > a.md; sleep 1.05");
    if (name !== "virtual") expect((await sandbox.exec("git status --short")).stdout).toBe(" M a.md\n");
    expect((await sandbox.diff()).patch).toContain("-# Oaks\n+# Ogre\n");
  });

  it("a patch beyond 1 MB is cut at a file's border and still applies", async () => {
    const sandbox = await city.create({ id: newId(), source: demo() });
    for (const n of [1, 2, 3]) await sandbox.writeFile(`big${n}.txt`, `${n} line\n`.repeat(60_000));
    const { patch, truncated, createdPaths } = await sandbox.diff();
    expect({ truncated, count: createdPaths.length }).toEqual({ truncated: true, count: 3 });
    expect(Buffer.byteLength(patch)).toBeLessThanOrEqual(MB);
    const clone = mkdtempSync(join(root, "clone-"));
    writeFileSync(join(root, "cut.patch"), patch);
    execFileSync("git", ["clone", "-q", join(root, "git", "demo.git"), clone]);
    execFileSync("git", ["-C", clone, "apply", join(root, "cut.patch")]);
    expect(existsSync(join(clone, "big1.txt"))).toBe(true);
  });

  it("the pristine tree stays as it was, with sizes and lines, whatever the seller changes", async () => {
    const sandbox = await city.create({ id: newId(), source: demo() });
    await sandbox.exec("rm -rf .git src; echo changed > README.md");
    const pristine = await sandbox.pristine();
    expect([...pristine.paths.keys()].sort()).toEqual(Object.keys(FILES).sort());
    expect(pristine.paths.get("README.md")).toEqual({ bytes: FILES["README.md"].length, lines: 2 });
    expect(await pristine.readText("src/main.ts")).toBe(FILES["src/main.ts"]);
    expect(await pristine.readText("nothing")).toBeNull();
  });

  it("repeated and concurrent creation under one id gives one sandbox; destroying twice is no error", async () => {
    const id = newId();
    const made = await Promise.all([1, 2, 3].map(() => city.create({ id, source: demo() })));
    expect(new Set(made).size).toBe(1);
    await made[0]?.writeFile("mine.txt", "kept");
    expect((await (await city.create({ id, source: demo() })).readFile("mine.txt")).content).toBe("kept");
    await city.destroy(id);
    await city.destroy(id);
    expect(await city.open(id)).toBeNull();
    await expect(made[0]?.readFile("mine.txt")).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });

  it("another server on the same data folder finds it again, and its sweep removes what nobody owns", async () => {
    const [kept, orphan] = [newId(), newId()];
    await (await city.create({ id: kept, source: demo() })).exec("echo later > found.txt");
    await city.create({ id: orphan, source: demo() });
    const restarted = await provider(name);
    const found = await restarted.open(kept);
    expect((await found?.readFile("found.txt"))?.content).toBe("later\n");
    expect((await found?.diff())?.createdPaths).toEqual(["found.txt"]);
    e2b.age(10 * 60_000);
    expect(await restarted.sweep(new Set([kept]))).toContain(orphan);
    expect(await restarted.open(orphan)).toBeNull();
    await restarted.destroy(kept);
  });

  it("destroying ends a command that still runs", async () => {
    const sandbox = await city.create({ id: newId(), source: demo() });
    const running = sandbox.exec("sleep 60").then(
      (run) => run.exitCode,
      (error) => error.code,
    );
    await city.destroy(sandbox.id);
    expect(["UNAVAILABLE", 137]).toContain(await running);
  });

  it("closing ends commands and lets none begin; what is there can still be read", async () => {
    const sandbox = await city.create({ id: newId(), source: demo() });
    await sandbox.exec("echo mine > mine.txt");
    const running = sandbox.exec("echo said; sleep 60");
    // Time enough to be on its way; on some adapters anything asked of the sandbox would wait for it.
    await new Promise((resolve) => setImmediate(resolve));
    await sandbox.close();
    expect(await running).toMatchObject({ exitCode: 137, stdout: "", timedOut: false });
    await expect(sandbox.exec("true")).rejects.toMatchObject({ code: "CONFLICT" });
    expect((await sandbox.diff()).createdPaths).toEqual(["mine.txt"]);
    expect(await (await sandbox.pristine()).readText("src/main.ts")).toBe(FILES["src/main.ts"]);
    await sandbox.reopen();
    expect((await sandbox.exec("cat mine.txt")).stdout).toBe("mine\n");
    await city.destroy(sandbox.id);
  });

  it.runIf(name === "bubblewrap" && process.getuid?.() === 0)(
    "one whose memory went is lost, and is made anew; a command that only says so is a command",
    async () => {
      const sandbox = await city.create({ id: newId(), source: demo() });
      const failure = await sandbox.exec("echo 'bwrap: gone' >&2; exit 1").catch((error) => error);
      expect(failure).toMatchObject({ code: "UNAVAILABLE", details: undefined });
      expect(await city.open(sandbox.id)).toBe(sandbox);
      const [, box = ""] = new RegExp(`(\\S+/${sandbox.id}/box) `).exec(readFileSync("/proc/mounts", "utf8")) ?? [];
      execFileSync("/bin/umount", ["-l", box]);
      await expect(sandbox.readFile("README.md")).rejects.toMatchObject({ details: { reason: "sandbox_lost" } });
      expect(await city.open(sandbox.id)).toBeNull();
      const again = await city.create({ id: sandbox.id, source: demo() });
      expect((await again.readFile("README.md")).content).toBe(FILES["README.md"]);
    },
  );

  it("closing it again ends no diff that is being taken", async () => {
    const sandbox = await city.create({ id: newId(), source: demo() });
    await sandbox.exec("echo mine > mine.txt");
    await sandbox.close();
    const [diff] = await Promise.all([sandbox.diff(), sandbox.close(), sandbox.close()]);
    expect(diff.createdPaths).toEqual(["mine.txt"]);
  });

  it("an id that could be a path is no id", async () => {
    for (const id of ["../x", "", "a/b", "A", "x".repeat(65)])
      await expect(city.open(id)).rejects.toMatchObject({ code: "SANDBOX_NOT_FOUND" });
  });

  it.each(Object.keys(BROKEN))(
    "%s ends as repo_unavailable with a plain sentence, and leaves nothing",
    async (what) => {
      const served = BROKEN[what]?.();
      if (served === undefined) throw new Error("unknown case");
      hostile.repos.set("case", served);
      const id = newId();
      const source = { kind: "repo" as const, url: `${hostileUrl}case.git`, token: "tok_secret_1" };
      const limits = { createMs: 4000, files: 2000 };
      const failure = await city.create({ id, source, limits }).catch((error) => error);
      expect(failure).toMatchObject({ reason: "repo_unavailable", message: expect.stringMatching(/^[A-Z][ -~]+\.$/) });
      expect(failure.message).not.toMatch(/tok_secret|127\.0\.0\.1/);
      expect(await city.open(id)).toBeNull();
    },
  );

  it("3,000 folders inside each other do no harm", async () => {
    const repo = hostileRepo((pack) => {
      let entry = smallFile(pack) as { mode: string; name: string; oid: string };
      for (let i = 0; i < 3000; i++) entry = { mode: "40000", name: "d", oid: pack.tree([entry]) };
      return [entry];
    });
    hostile.repos.set("deep", repo);
    const source = { kind: "repo" as const, url: `${hostileUrl}deep.git` };
    const failure = await city.create({ id: newId(), source }).catch((error) => error);
    expect(failure).toMatchObject({ reason: "repo_unavailable" });
    expect((await city.create({ id: newId(), source: demo() })).commit).toBe(commit);
  });
});

it.runIf(process.getuid?.() === 0)(
  "nothing is left of destroyed sandboxes: no process, file, mount or control group",
  async () => {
    const repos = repoBroker({ allowedHosts: [], localRemotes: [gitUrl] });
    const city = await startBubblewrap({ dataDir: join(root, "leftovers"), repos });
    if ("missing" in city) throw new Error(city.missing);
    const before = readdirSync("/run").length;
    for (let i = 0; i < 5; i++) {
      const sandbox = await city.create({ id: newId(), source: { kind: "repo", url: `${gitUrl}demo.git` } });
      await sandbox.exec("echo x > y; (setsid sleep 300 >/dev/null 2>&1 &)");
      await city.destroy(sandbox.id);
    }
    await city.sweep(new Set());
    expect(readdirSync("/run").length).toBe(before);
    expect(execFileSync("mount", { encoding: "utf8" })).not.toContain("leftovers");
  },
);
