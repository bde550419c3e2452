/** Writes a buyer's files the way git would: one commit in one pack, and the index of its work tree. */
import { createHash } from "node:crypto";
import { crc32, deflateSync } from "node:zlib";

export type ObjectType = "commit" | "tree" | "blob" | "tag";

export type FilesCommit = {
  readonly commit: string;
  /** gitformat-pack, version 2. */
  readonly pack: Buffer;
  /** What `git index-pack` would write beside it, version 2. */
  readonly packIndex: Buffer;
  /** gitformat-index, version 2. Without times: git looks at a file's content the first time it is asked about it. */
  readonly index: Buffer;
};

/** A fixed author and time, so that the commit says nothing about the buyer or the machine. */
const SIGNATURE = "AI City <city@sandbox.invalid> 946684800 +0000";
const FILE_MODE = 0o100644;
const TYPE_NUMBERS: Readonly<Record<ObjectType, number>> = { commit: 1, tree: 2, blob: 3, tag: 4 };

/** git's name for an object. */
export function objectId(type: ObjectType, data: Buffer): string {
  return sha1(Buffer.from(`${type} ${data.length}\0`), data).toString("hex");
}

/** @param files by path, as `readHandedIn` answers them. Same files, same commit, wherever they are written. */
export function commitFiles(files: ReadonlyMap<string, string>): FilesCommit {
  const objects = new PackWriter();
  const blobs = [...files].map(([path, content]) => {
    const data = Buffer.from(content);
    return { path, size: data.length, oid: objects.add("blob", data) };
  });
  const tree = writeTree(objects, foldersOf(blobs));
  const text = `tree ${tree}\nauthor ${SIGNATURE}\ncommitter ${SIGNATURE}\n\nProvided`;
  const commit = objects.add("commit", Buffer.from(text));
  return { commit, ...objects.end(), index: workTreeIndex(blobs) };
}

type Blob = { readonly path: string; readonly size: number; readonly oid: string };
type Folder = Map<string, Folder | string>;

function foldersOf(blobs: readonly Blob[]): Folder {
  const root: Folder = new Map();
  for (const { path, oid } of blobs) {
    const names = path.split("/");
    const last = names.pop() ?? "";
    let folder = root;
    for (const name of names) {
      const next = folder.get(name);
      const inner: Folder = next instanceof Map ? next : new Map();
      folder.set(name, inner);
      folder = inner;
    }
    folder.set(last, oid);
  }
  return root;
}

function writeTree(objects: PackWriter, folder: Folder): string {
  const entries = [...folder].map(([name, content]) => {
    const inner = content instanceof Map;
    const oid = inner ? writeTree(objects, content) : content;
    const entry = [Buffer.from(`${inner ? "40000" : FILE_MODE.toString(8)} ${name}\0`), Buffer.from(oid, "hex")];
    // git sorts a folder as if its name ended in a slash.
    return { key: Buffer.from(inner ? `${name}/` : name), bytes: Buffer.concat(entry) };
  });
  entries.sort((a, b) => Buffer.compare(a.key, b.key));
  return objects.add("tree", Buffer.concat(entries.map(({ bytes }) => bytes)));
}

class PackWriter {
  private readonly placed = new Map<string, { readonly offset: number; readonly crc: number }>();
  private readonly chunks: Buffer[] = [];
  private length = 12;

  add(type: ObjectType, data: Buffer): string {
    const oid = objectId(type, data);
    if (this.placed.has(oid)) return oid;
    const entry = Buffer.concat([entryHeader(type, data.length), deflateSync(data, { level: 1 })]);
    this.placed.set(oid, { offset: this.length, crc: crc32(entry) });
    this.chunks.push(entry);
    this.length += entry.length;
    return oid;
  }

  end(): { pack: Buffer; packIndex: Buffer } {
    const body = Buffer.concat([Buffer.from("PACK"), words(2, this.placed.size), ...this.chunks]);
    const checksum = sha1(body);
    const sorted = [...this.placed].sort(([a], [b]) => (a < b ? -1 : 1));
    const fanout = new Array<number>(256).fill(0);
    for (const [oid] of sorted) {
      for (let first = Number.parseInt(oid.slice(0, 2), 16); first < 256; first++)
        fanout[first] = (fanout[first] ?? 0) + 1;
    }
    const table = Buffer.concat([
      words(0xff744f63, 2, ...fanout),
      Buffer.from(sorted.map(([oid]) => oid).join(""), "hex"),
      words(...sorted.map(([, { crc }]) => crc)),
      words(...sorted.map(([, { offset }]) => offset)),
      checksum,
    ]);
    return { pack: Buffer.concat([body, checksum]), packIndex: Buffer.concat([table, sha1(table)]) };
  }
}

/** Type and length: four bits of length in the first byte, seven in each further one. */
function entryHeader(type: ObjectType, length: number): Buffer {
  const bytes: number[] = [];
  let byte = (TYPE_NUMBERS[type] << 4) | (length & 15);
  for (let rest = length >>> 4; rest > 0; rest >>>= 7) {
    bytes.push(byte | 128);
    byte = rest & 127;
  }
  return Buffer.from([...bytes, byte]);
}

function workTreeIndex(blobs: readonly Blob[]): Buffer {
  const entries = blobs
    .map(({ path, size, oid }) => ({ path: Buffer.from(path), size, oid }))
    .sort((a, b) => Buffer.compare(a.path, b.path))
    .map(({ path, size, oid }) => {
      const fixed = 62 + path.length;
      const entry = Buffer.alloc(fixed + 8 - (fixed % 8));
      entry.writeUInt32BE(FILE_MODE, 24);
      entry.writeUInt32BE(size, 36);
      entry.write(oid, 40, "hex");
      entry.writeUInt16BE(Math.min(path.length, 0xfff), 60);
      path.copy(entry, 62);
      return entry;
    });
  const body = Buffer.concat([Buffer.from("DIRC"), words(2, entries.length), ...entries]);
  return Buffer.concat([body, sha1(body)]);
}

/** 32-bit numbers, most significant byte first. */
function words(...numbers: number[]): Buffer {
  const bytes = Buffer.alloc(numbers.length * 4);
  for (const [i, number] of numbers.entries()) bytes.writeUInt32BE(number >>> 0, i * 4);
  return bytes;
}

function sha1(...parts: readonly Buffer[]): Buffer {
  const hash = createHash("sha1");
  for (const part of parts) hash.update(part);
  return hash.digest();
}
