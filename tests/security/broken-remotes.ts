import { deltaOf, hostileRepo, PackBuilder, type Served } from "./hostile-remote.ts";

/** A tree's entry for one small file. */
export const smallFile = (pack: PackBuilder, text = "x\n") => ({ mode: "100644", name: "a", oid: pack.blob(text) });
const good = () => hostileRepo((pack) => [smallFile(pack)]);

/** Remotes and packs that no sandbox can be made from, by what is wrong with them. */
export const BROKEN: Record<string, () => Served> = {
  "a pack that is cut off": () => ({ commit: good().commit, pack: good().pack.subarray(0, 60) }),
  "a pack with a flipped byte": () => {
    const repo = good();
    repo.pack.writeUInt8((repo.pack[30] ?? 0) ^ 1, 30);
    return repo;
  },
  "a pack that announces four billion objects": () => {
    const pack = new PackBuilder();
    const oid = pack.commit(pack.tree([smallFile(pack)]));
    return { commit: oid, pack: pack.pack(0xffff_ffff) };
  },
  "a pack without the announced commit": () => ({ commit: "1".repeat(40), pack: good().pack }),
  "a ref that points to a blob": () => {
    const pack = new PackBuilder();
    return { commit: pack.blob("x"), pack: pack.pack() };
  },
  "a commit whose tree is missing": () => {
    const pack = new PackBuilder();
    return { commit: pack.commit("2".repeat(40)), pack: pack.pack() };
  },
  "a tree whose file is missing": () => hostileRepo(() => [{ mode: "100644", name: "a", oid: "3".repeat(40) }]),
  "a delta that copies out of bounds": () => {
    const pack = new PackBuilder();
    const oid = pack.commit(pack.tree([smallFile(pack)]));
    pack.delta(pack.blob("y"), deltaOf(1, 65_536, [0x80]));
    return { commit: oid, pack: pack.pack() };
  },
  "a delta without a base": () => {
    const pack = new PackBuilder();
    const oid = pack.commit(pack.tree([smallFile(pack)]));
    pack.delta("4".repeat(40), deltaOf(1, 1, [1, 65]));
    return { commit: oid, pack: pack.pack() };
  },
  "a tree bomb of 10,000,000,000 files": () =>
    hostileRepo((pack) => {
      let entries = [..."0123456789"].map((name) => ({ ...smallFile(pack), name }));
      for (let level = 1; level < 10; level++) {
        const oid = pack.tree(entries);
        entries = [..."0123456789"].map((name) => ({ mode: "40000", name, oid }));
      }
      return entries;
    }),
  "an answer that is no git protocol": () => ({
    ...good(),
    answer: (_request, response) =>
      response.setHeader("content-type", "application/x-git-upload-pack-advertisement").end("zzzz<html>"),
  }),
  "a web page": () => ({
    ...good(),
    answer: (_request, response) => response.setHeader("content-type", "text/html").end("<html>"),
  }),
  "an error of the remote": () => ({
    ...good(),
    answer: (_request, response) => response.writeHead(500).end("\u001b[31mboom"),
  }),
  "a remote that asks for a password": () => ({
    ...good(),
    answer: (_request, response) => response.writeHead(401).end(),
  }),
  "a redirect": () => ({
    ...good(),
    answer: (_request, response) => response.writeHead(301, { location: "http://169.254.169.254/" }).end(),
  }),
  "a remote that never answers": () => ({ ...good(), answer: () => undefined }),
};
