/** The patch of a seller's changes, and the tree as it was before them. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { newId } from "#server/kernel/ids.ts";
import { eachAdapter, FILES } from "./each-adapter.ts";

const MB = 1024 * 1024;

eachAdapter((at) => {
  it("its patch applies at the pristine commit and reproduces the work tree exactly", async () => {
    const sandbox = await at.city.create({ id: newId(), source: at.demo() });
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
    const clone = mkdtempSync(join(at.remotes.root, "clone-"));
    writeFileSync(join(at.remotes.root, "x.patch"), patch);
    const git = (...args: string[]) => execFileSync("git", ["-C", clone, ...args], { encoding: "latin1" });
    execFileSync("git", ["clone", "-q", join(at.remotes.root, "git", "demo.git"), clone]);
    git("apply", "--index", join(at.remotes.root, "x.patch"));
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
    const sandbox = await at.city.create({ id: newId(), source });
    await sandbox.exec("echo '# Ogre' > a.md; sleep 1.05");
    if (at.name !== "virtual") expect((await sandbox.exec("git status --short")).stdout).toBe(" M a.md\n");
    expect((await sandbox.diff()).patch).toContain("-# Oaks\n+# Ogre\n");
  });

  it("a patch beyond 1 MB is cut at a file's border and still applies", async () => {
    const sandbox = await at.city.create({ id: newId(), source: at.demo() });
    for (const n of [1, 2, 3]) await sandbox.writeFile(`big${n}.txt`, `${n} line\n`.repeat(60_000));
    const { patch, truncated, createdPaths } = await sandbox.diff();
    expect({ truncated, count: createdPaths.length }).toEqual({ truncated: true, count: 3 });
    expect(Buffer.byteLength(patch)).toBeLessThanOrEqual(MB);
    const clone = mkdtempSync(join(at.remotes.root, "clone-"));
    writeFileSync(join(at.remotes.root, "cut.patch"), patch);
    execFileSync("git", ["clone", "-q", join(at.remotes.root, "git", "demo.git"), clone]);
    execFileSync("git", ["-C", clone, "apply", join(at.remotes.root, "cut.patch")]);
    expect(existsSync(join(clone, "big1.txt"))).toBe(true);
  });

  it("the pristine tree stays as it was, with sizes and lines, whatever the seller changes", async () => {
    const sandbox = await at.city.create({ id: newId(), source: at.demo() });
    await sandbox.exec("rm -rf .git src; echo changed > README.md");
    const pristine = await sandbox.pristine();
    expect([...pristine.paths.keys()].sort()).toEqual(Object.keys(FILES).sort());
    expect(pristine.paths.get("README.md")).toEqual({ bytes: FILES["README.md"].length, lines: 2 });
    expect(await pristine.readText("src/main.ts")).toBe(FILES["src/main.ts"]);
    expect(await pristine.readText("nothing")).toBeNull();
  });

  it("closing it again ends no diff that is being taken", async () => {
    const sandbox = await at.city.create({ id: newId(), source: at.demo() });
    await sandbox.exec("echo mine > mine.txt");
    await sandbox.close();
    const [diff] = await Promise.all([sandbox.diff(), sandbox.close(), sandbox.close()]);
    expect(diff.createdPaths).toEqual(["mine.txt"]);
  });
});
