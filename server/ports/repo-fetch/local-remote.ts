/**
 * Serves bare repositories over git's smart HTTP (protocol 0, read-only), as a fetch handler without a git program:
 * the remotes of local mode, of demos and of tests. Understood by git, by isomorphic-git and by our broker.
 */
import fs from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import git from "isomorphic-git";
import { FLUSH, packet, readPackets } from "./pkt-line.ts";

const MAX_REQUEST_BYTES = 1024 * 1024;
/** Side-band packets: one byte of band, the rest pack. */
const BAND_BYTES = 65_000;
const ABILITIES = "shallow side-band-64k ofs-delta no-progress allow-tip-sha1-in-want allow-reachable-sha1-in-want";

type Wants = { readonly wants: readonly string[]; readonly depth: number; readonly done: boolean };

/**
 * @param root folder that holds `<name>.git` folders.
 * @returns a handler for `/…/<name>.git/info/refs` and `/…/<name>.git/git-upload-pack`; anything else is 404.
 */
export function localRemote(root: string): (request: Request) => Promise<Response> {
  return async (request) => {
    const url = new URL(request.url);
    const match = /\/([a-z0-9][a-z0-9._-]{0,99})\.git\/(info\/refs|git-upload-pack)$/i.exec(url.pathname);
    const [, name = "", action] = match ?? [];
    const gitdir = join(root, `${name}.git`);
    const found = match !== null && !name.includes("..") && (await stat(gitdir).catch(() => null))?.isDirectory();
    if (!found) return new Response("There is no such repository.\n", { status: 404 });
    if (action === "info/refs") {
      if (url.searchParams.get("service") !== "git-upload-pack") return new Response("Read only.\n", { status: 403 });
      return answer("advertisement", await advertise(gitdir));
    }
    if (request.method !== "POST") return new Response("Use POST.\n", { status: 405 });
    const sent = Buffer.from(await request.arrayBuffer());
    if (sent.length > MAX_REQUEST_BYTES) return new Response("The request is too large.\n", { status: 413 });
    try {
      // git packs its longer requests.
      const packed = request.headers.get("content-encoding") === "gzip";
      const body = packed ? gunzipSync(sent, { maxOutputLength: MAX_REQUEST_BYTES }) : sent;
      return answer("result", await uploadPack(gitdir, await readWants(body)));
    } catch {
      return new Response("The request is not in git's protocol.\n", { status: 400 });
    }
  };
}

async function advertise(gitdir: string): Promise<Buffer> {
  const refs: [name: string, oid: string][] = [];
  for (const branch of await git.listBranches({ fs, gitdir })) {
    refs.push([`refs/heads/${branch}`, await git.resolveRef({ fs, gitdir, ref: `refs/heads/${branch}` })]);
  }
  for (const tag of await git.listTags({ fs, gitdir })) {
    refs.push([`refs/tags/${tag}`, await git.resolveRef({ fs, gitdir, ref: `refs/tags/${tag}` })]);
  }
  const head = await git.currentBranch({ fs, gitdir, fullname: true });
  const headRef = refs.find(([name]) => name === head);
  const abilities = `${ABILITIES}${headRef ? ` symref=HEAD:${headRef[0]}` : ""} agent=ai-city/1`;
  const all: typeof refs = headRef ? [["HEAD", headRef[1]], ...refs] : refs;
  const lines = all.map(([name, oid], i) => packet(`${oid} ${name}${i === 0 ? `\0${abilities}` : ""}\n`));
  if (lines.length === 0) lines.push(packet(`${"0".repeat(40)} capabilities^{}\0${abilities}\n`));
  return Buffer.concat([packet("# service=git-upload-pack\n"), FLUSH, ...lines, FLUSH]);
}

async function readWants(body: Buffer): Promise<Wants> {
  const wants: string[] = [];
  let depth = 0;
  let done = false;
  for await (const part of readPackets(chunks(body))) {
    if (part.kind !== "data") continue;
    const [word, value = ""] = part.bytes.toString().trim().split(" ");
    if (word === "want") wants.push(value);
    if (word === "deepen") depth = Number(value);
    if (word === "done") done = true;
  }
  return { wants, depth, done };
}

async function uploadPack(gitdir: string, { wants, depth, done }: Wants): Promise<Buffer> {
  const oids = new Set<string>();
  const shallow: string[] = [];
  try {
    for (const want of wants) await collect(gitdir, want, depth || Number.POSITIVE_INFINITY, oids, shallow);
  } catch {
    return packet("ERR upload-pack: not our ref\n");
  }
  const answered = depth > 0 ? [...shallow.map((oid) => packet(`shallow ${oid}\n`)), FLUSH] : [];
  // With --depth git asks twice: first only for the shallow border, then, with "done", for the pack.
  if (!done) return Buffer.concat(depth > 0 ? answered : [packet("NAK\n")]);
  const { packfile } = await git.packObjects({ fs, gitdir, oids: [...oids] });
  const bands: Buffer[] = [];
  const pack = Buffer.from(packfile ?? []);
  for (let at = 0; at < pack.length; at += BAND_BYTES) {
    bands.push(packet(Buffer.concat([Buffer.from([1]), pack.subarray(at, at + BAND_BYTES)])));
  }
  return Buffer.concat([...answered, packet("NAK\n"), ...bands, FLUSH]);
}

/** Gathers a commit (or what a tag points to), its whole tree, and parents down to `depth`. */
async function collect(
  gitdir: string,
  oid: string,
  depth: number,
  oids: Set<string>,
  shallow: string[],
): Promise<void> {
  if (oids.has(oid)) return;
  oids.add(oid);
  const { type } = await git.readObject({ fs, gitdir, oid, format: "content" });
  if (type === "tag") {
    const { tag } = await git.readTag({ fs, gitdir, oid });
    return collect(gitdir, tag.object, depth, oids, shallow);
  }
  if (type !== "commit") throw new Error("Only commits and tags can be asked for.");
  const { commit } = await git.readCommit({ fs, gitdir, oid });
  await collectTree(gitdir, commit.tree, oids);
  if (depth <= 1) {
    if (commit.parent.length > 0) shallow.push(oid);
    return;
  }
  for (const parent of commit.parent) await collect(gitdir, parent, depth - 1, oids, shallow);
}

async function collectTree(gitdir: string, oid: string, oids: Set<string>): Promise<void> {
  if (oids.has(oid)) return;
  oids.add(oid);
  const { tree } = await git.readTree({ fs, gitdir, oid });
  for (const entry of tree) {
    if (entry.type === "tree") await collectTree(gitdir, entry.oid, oids);
    else if (entry.type === "blob") oids.add(entry.oid);
  }
}

async function* chunks(body: Buffer): AsyncGenerator<Buffer> {
  yield body;
}

function answer(kind: "advertisement" | "result", body: Buffer): Response {
  return new Response(new Uint8Array(body), {
    headers: { "content-type": `application/x-git-upload-pack-${kind}`, "cache-control": "no-cache" },
  });
}
