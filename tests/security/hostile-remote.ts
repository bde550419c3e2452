/** A git remote that hands out whatever it is told to: packs made object by object, wrong answers, slow answers. */
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { deflateSync } from "node:zlib";
import { FLUSH, packet } from "#server/ports/repo-fetch/pkt-line.ts";

const TYPE = { commit: 1, tree: 2, blob: 3, tag: 4 } as const;
type Kind = keyof typeof TYPE;
export type TreeEntry = { readonly mode: string; readonly name: string | Buffer; readonly oid: string };

/** Collects objects without any of git's own checks. */
export class PackBuilder {
  private readonly entries: Buffer[] = [];
  private readonly seen = new Set<string>();

  add(kind: Kind, data: Buffer | string): string {
    const bytes = Buffer.from(data as string);
    const oid = createHash("sha1").update(`${kind} ${bytes.length}\0`).update(bytes).digest("hex");
    if (this.seen.has(oid)) return oid;
    this.seen.add(oid);
    this.entries.push(Buffer.concat([header(TYPE[kind], bytes.length), deflateSync(bytes)]));
    return oid;
  }

  blob(data: Buffer | string): string {
    return this.add("blob", data);
  }

  /** Entries in the order given: git's own order is the caller's business. */
  tree(entries: readonly TreeEntry[]): string {
    const parts = entries.map(({ mode, name, oid }) =>
      Buffer.concat([Buffer.from(`${mode} `), Buffer.from(name as string), Buffer.from([0]), Buffer.from(oid, "hex")]),
    );
    return this.add("tree", Buffer.concat(parts));
  }

  commit(tree: string, extra = ""): string {
    const person = "a <a@b> 1700000000 +0000";
    return this.add("commit", `tree ${tree}\nauthor ${person}\ncommitter ${person}\n${extra}\nhostile\n`);
  }

  /** A delta against an object of this pack; `size` is the length of what it makes. */
  delta(base: string, instructions: Buffer): void {
    const head = Buffer.concat([header(7, instructions.length), Buffer.from(base, "hex")]);
    this.entries.push(Buffer.concat([head, deflateSync(instructions)]));
  }

  /** @param count announced number of objects, when it shall be a lie. */
  pack(count = this.entries.length): Buffer {
    const head = Buffer.alloc(12);
    head.write("PACK");
    head.writeUInt32BE(2, 4);
    head.writeUInt32BE(count, 8);
    const body = Buffer.concat([head, ...this.entries]);
    return Buffer.concat([body, createHash("sha1").update(body).digest()]);
  }
}

/** A repository with one commit that holds these entries beside a README. */
export function hostileRepo(make: (pack: PackBuilder) => readonly TreeEntry[]): { commit: string; pack: Buffer } {
  const builder = new PackBuilder();
  const entries = make(builder);
  const commit = builder.commit(builder.tree(entries));
  return { commit, pack: builder.pack() };
}

export type Served = {
  readonly commit: string;
  readonly pack: Buffer;
  /** Takes over the whole answer. */
  readonly answer?: (request: IncomingMessage, response: ServerResponse) => void;
};

/** Serves repositories by name, as git's protocol 0 does. */
export class HostileRemote {
  readonly repos = new Map<string, Served>();
  readonly requests: { path: string; authorization: string | undefined }[] = [];
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => this.serve(request, response));
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/git/`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private serve(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url ?? "";
    this.requests.push({ path, authorization: request.headers.authorization });
    const repo = this.repos.get(/^\/git\/([^/]+)\.git\//.exec(path)?.[1] ?? "");
    if (repo === undefined) {
      response.writeHead(404).end();
      return;
    }
    if (repo.answer !== undefined) {
      repo.answer(request, response);
      return;
    }
    request.resume();
    request.on("end", () => {
      if (path.includes("info/refs")) advertise(response, repo.commit);
      else sendPack(response, repo.pack);
    });
  }
}

export function advertise(response: ServerResponse, commit: string): void {
  response.setHeader("content-type", "application/x-git-upload-pack-advertisement");
  const first = `${commit} HEAD\0shallow side-band-64k ofs-delta symref=HEAD:refs/heads/main\n`;
  const lines = [
    packet("# service=git-upload-pack\n"),
    FLUSH,
    packet(first),
    packet(`${commit} refs/heads/main\n`),
    FLUSH,
  ];
  response.end(Buffer.concat(lines));
}

export function sendPack(response: ServerResponse, pack: Buffer): void {
  response.setHeader("content-type", "application/x-git-upload-pack-result");
  response.write(Buffer.concat([FLUSH, packet("NAK\n")]));
  for (let at = 0; at < pack.length; at += 60_000) {
    response.write(packet(Buffer.concat([Buffer.from([1]), pack.subarray(at, at + 60_000)])));
  }
  response.end(FLUSH);
}

function header(type: number, size: number): Buffer {
  const bytes: number[] = [];
  let left = Math.floor(size / 16);
  bytes.push((type << 4) | (size % 16) | (left > 0 ? 0x80 : 0));
  while (left > 0) {
    const low = left % 128;
    left = Math.floor(left / 128);
    bytes.push(low | (left > 0 ? 0x80 : 0));
  }
  return Buffer.from(bytes);
}

/** Two sizes and instructions, as a delta is written. */
export function deltaOf(baseSize: number, resultSize: number, instructions: readonly number[]): Buffer {
  const size = (value: number) => {
    const bytes: number[] = [];
    let left = value;
    do {
      const low = left % 128;
      left = Math.floor(left / 128);
      bytes.push(low | (left > 0 ? 0x80 : 0));
    } while (left > 0);
    return bytes;
  };
  return Buffer.from([...size(baseSize), ...size(resultSize), ...instructions]);
}
