import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { readPack } from "#server/ports/sandbox/virtual/read-pack.ts";
import { isRepoUnavailable, type Sandbox, type SandboxLimits } from "#server/ports/sandbox.ts";
import { type Arena, makeFolder, onHost, onHostMeanwhile } from "../arena.ts";
import type { Attempt } from "../attempt.ts";
import { deltaOf, hostileRepo, PackBuilder, type Served, type TreeEntry } from "../hostile-remote.ts";

/** How a hostile repository or URL is offered, and what a careless program would have done with it. */
const MB = 1024 * 1024;
export type Repo = { commit: string; pack: Buffer };
export const file = (pack: PackBuilder, name: string | Buffer, text = "content\n"): TreeEntry => ({
  mode: "100644",
  name,
  oid: pack.blob(text),
});

/** Offers the repository and provisions it; null when the city refused with its plain reason. */
export async function provision(
  arena: Arena,
  served: Served,
  limits?: Partial<SandboxLimits>,
  token?: string,
): Promise<Sandbox | null> {
  const name = randomBytes(6).toString("hex");
  arena.remote.repos.set(name, served);
  try {
    const url = `${arena.remoteUrl}${name}.git`;
    return await arena.sandbox({ source: { kind: "repo", url, ...(token && { token }) }, ...(limits && { limits }) });
  } catch (error) {
    if (isRepoUnavailable(error)) return null;
    throw error;
  } finally {
    arena.remote.repos.delete(name);
  }
}

/** The control for names that lead somewhere: a program that writes each file of the tree where its name says. */
export function writeNaively(repo: Repo, folder: string): void {
  const objects = readPack(repo.pack, 100 * MB);
  const walk = (oid: string, at: string) => {
    const data = objects.get(oid)?.data ?? Buffer.alloc(0);
    for (let i = 0; i < data.length; ) {
      const space = data.indexOf(32, i);
      const end = data.indexOf(0, space);
      const [mode, path] = [data.toString("latin1", i, space), join(at, data.toString("utf8", space + 1, end))];
      const child = data.toString("hex", end + 1, end + 21);
      const content = objects.get(child)?.data ?? Buffer.alloc(0);
      if (mode === "40000") walk(child, path);
      else {
        mkdirSync(dirname(path), { recursive: true });
        if (mode === "120000") symlinkSync(content.toString(), path);
        else writeFileSync(path, content);
      }
      i = end + 21;
    }
  };
  const commit = objects.get(repo.commit)?.data.toString("latin1", 5, 45) ?? "";
  walk(commit, folder);
}

/** A name that should not come to be: tried through the city, and written by a naive program. */
export function badName(
  name: string,
  make: (pack: PackBuilder, outside: string) => readonly TreeEntry[],
  lands: string,
  more: Partial<Attempt> = {},
): Attempt {
  return {
    name,
    group: "repository",
    plainly: "a program that writes each file where its name says",
    reach: async (arena) => {
      const outside = makeFolder(join(arena.host.folder, "outside"));
      const sandbox = await provision(
        arena,
        hostileRepo((pack) => make(pack, outside)),
      );
      if (sandbox === null) return false;
      const seen = await sandbox.exec(`ls -d "${lands}" && ! [ -d "${lands}" ] && echo landed`);
      return seen.stdout.includes("landed") || existsSync(join(outside, "owned"));
    },
    control: async (arena) => {
      const outside = makeFolder(join(arena.host.folder, `outside-${randomBytes(4).toString("hex")}`));
      const folder = makeFolder(join(outside, "tree", "deep"));
      writeNaively(
        hostileRepo((pack) => make(pack, outside)),
        folder,
      );
      return existsSync(join(folder, lands)) || existsSync(join(outside, "owned"));
    },
    ...more,
  } as Attempt;
}

/** An object that git's own check refuses, and would take without it. */
export function badObject(
  name: string,
  make: (pack: PackBuilder) => Repo | readonly TreeEntry[],
  more: Partial<Attempt> = {},
): Attempt {
  return {
    name,
    group: "repository",
    without: ["object checks"],
    reach: async (arena) => {
      const builder = new PackBuilder();
      const made = make(builder);
      const repo = "commit" in made ? made : { commit: builder.commit(builder.tree(made)), pack: Buffer.alloc(0) };
      return (await provision(arena, { commit: repo.commit, pack: builder.pack() })) !== null;
    },
    ...more,
  } as Attempt;
}

export const modules = (text: string) => (pack: PackBuilder) => [file(pack, ".gitmodules", text)];

/** A program named by the repository's attributes, which a configuration of the host would run. */
export const attribute = (name: string, attributes: string, config: readonly string[], path = "a.txt"): Attempt => ({
  name,
  group: "repository",
  plainly: "git with the host's configuration",
  reach: async (arena) => {
    const repo = hostileRepo((pack) => [file(pack, ".gitattributes", attributes), file(pack, path, "$Id$\n")]);
    const sandbox = await provision(arena, repo);
    return (await sandbox?.exec(`cat ${path}`))?.stdout !== "$Id$\n";
  },
  control: async (arena) => {
    const folder = makeFolder(join(arena.host.folder, `attr-${randomBytes(4).toString("hex")}`));
    const git = (...args: string[]) =>
      onHost("git", ["-C", folder, ...config.flatMap((pair) => ["-c", pair]), ...args]);
    onHost("git", ["init", "-q", folder]);
    writeFileSync(join(folder, ".gitattributes"), attributes);
    const oid = onHost("sh", ["-c", `cd ${folder} && printf '$Id$\\n' | git hash-object -w --stdin`]).trim();
    git("update-index", "--add", "--cacheinfo", `100644,${oid},${path}`);
    git("checkout", "--", path);
    return onHost("cat", [join(folder, path)]) !== "$Id$\n";
  },
});

/** Fails as a git URL should here, and does its harm with plain git. */
export const badUrl = (
  name: string,
  url: (arena: Arena, mark: string) => string,
  more: Partial<Attempt> = {},
): Attempt =>
  ({
    name,
    group: "repository",
    plainly: "git clone",
    reach: async (arena) => {
      const mark = join(arena.host.folder, `mark-${randomBytes(4).toString("hex")}`);
      try {
        await arena.sandbox({ source: { kind: "repo", url: url(arena, mark) } });
        return true;
      } catch (error) {
        if (!isRepoUnavailable(error)) throw error;
        return existsSync(mark);
      }
    },
    control: async (arena) => {
      const mark = join(arena.host.folder, `mark-${randomBytes(4).toString("hex")}`);
      const before = arena.host.arrivals.length;
      const into = `${mark}-clone`;
      await onHostMeanwhile("timeout", ["5", "git", "clone", "-q", url(arena, mark), into], {
        GIT_ALLOW_PROTOCOL: "ext:file:git:http",
        GIT_TERMINAL_PROMPT: "0",
      });
      return existsSync(mark) || existsSync(join(into, ".git", "HEAD")) || arena.host.arrivals.length > before;
    },
    ...more,
  }) as Attempt;

const repoFolders = new WeakMap<object, string>();

/** An ordinary repository on the host's disk, which no buyer may name. */
export function plainRepo(arena: Arena): string {
  const known = repoFolders.get(arena.host);
  if (known !== undefined) return known;
  const folder = join(arena.host.folder, "plain-repo");
  onHost("git", ["init", "-q", folder]);
  writeFileSync(join(folder, "a.txt"), "host only\n");
  onHost("git", ["-C", folder, "add", "-A"]);
  onHost("git", ["-C", folder, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "x"]);
  repoFolders.set(arena.host, folder);
  return folder;
}

/** A blob of 64 kB, then a delta that copies it over and over. */
export function deltaBomb(megabytes: number): Repo {
  const builder = new PackBuilder();
  const base = Buffer.alloc(65_536, "x");
  const baseOid = builder.blob(base);
  const copies = (megabytes * MB) / 65_536;
  // 0x80: copy, no offset bytes, no size bytes: 64 kB from the start.
  builder.delta(baseOid, deltaOf(65_536, copies * 65_536, new Array(copies).fill(0x80)));
  const unfolded = new PackBuilder().blob(Buffer.alloc(copies * 65_536, "x"));
  const commit = builder.commit(builder.tree([{ mode: "100644", name: "big", oid: unfolded }]));
  return { commit, pack: builder.pack() };
}

/** Each level names the one below ten times. */
export function treeBomb(levels: number): Repo {
  return hostileRepo((pack) => {
    const names = [..."0123456789"];
    let entries = names.map((name) => file(pack, name));
    for (let level = 1; level < levels; level++) {
      const oid = pack.tree(entries);
      entries = names.map((name) => ({ mode: "40000", name, oid }));
    }
    return entries;
  });
}

export function ignoreRefusal(error: unknown): void {
  if (!isRepoUnavailable(error)) throw error;
}
