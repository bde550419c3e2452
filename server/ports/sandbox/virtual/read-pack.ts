/**
 * Reads an untrusted git pack (gitformat-pack) with a bound on everything it can make us hold: a pack of kilobytes can
 * unfold to terabytes, through compression and through chains of deltas.
 */
import { createHash } from "node:crypto";
import { type InputType, inflateSync } from "node:zlib";
import { type ObjectType, objectId } from "../git-objects.ts";

export type GitObject = { readonly type: ObjectType; readonly data: Buffer };

const TYPES = { 1: "commit", 2: "tree", 3: "blob", 4: "tag" } as const;
const OFFSET_DELTA = 6;
const REFERENCE_DELTA = 7;
const MAX_OBJECTS = 500_000;
const MAX_DELTA_DEPTH = 60;

type Entry =
  | { readonly kind: "whole"; readonly object: GitObject }
  | { readonly kind: "delta"; readonly base: number | string; readonly delta: Buffer };

/** @throws Error when the pack is broken, or when its objects exceed `maxBytes` together. */
export function readPack(pack: Buffer, maxBytes: number): Map<string, GitObject> {
  if (pack.length < 32 || pack.toString("latin1", 0, 4) !== "PACK") throw new Error("This is not a pack.");
  const version = pack.readUInt32BE(4);
  const count = pack.readUInt32BE(8);
  if (version !== 2 && version !== 3) throw new Error("The pack has an unknown version.");
  if (count > MAX_OBJECTS) throw new Error("The pack has too many objects.");
  const body = pack.subarray(0, -20);
  if (!createHash("sha1").update(body).digest().equals(pack.subarray(-20))) throw new Error("The pack is damaged.");

  const budget = new Budget(maxBytes);
  const entries = new Map<number, Entry>();
  let at = 12;
  for (let i = 0; i < count; i++) {
    const read = readEntry(body, at, budget);
    entries.set(at, read.entry);
    at = read.end;
  }
  if (at !== body.length) throw new Error("The pack has bytes that belong to no object.");
  return resolveAll(entries, budget);
}

class Budget {
  private left: number;

  constructor(bytes: number) {
    this.left = bytes;
  }

  take(bytes: number): void {
    this.left -= bytes;
    if (this.left < 0) throw new Error("No space left: the pack unfolds to more than is allowed.");
  }
}

function readEntry(body: Buffer, start: number, budget: Budget): { entry: Entry; end: number } {
  let at = start;
  const next = () => {
    const byte = body[at++];
    if (byte === undefined) throw new Error("The pack ends in the middle.");
    return byte;
  };
  let byte = next();
  const type = (byte >> 4) & 7;
  let size = byte & 15;
  for (let scale = 16; byte & 0x80; scale *= 128) {
    byte = next();
    size += (byte & 0x7f) * scale;
    if (size > Number.MAX_SAFE_INTEGER) throw new Error("An object is too large.");
  }
  let base: number | string | undefined;
  if (type === OFFSET_DELTA) {
    byte = next();
    let distance = byte & 0x7f;
    while (byte & 0x80) {
      byte = next();
      distance = (distance + 1) * 128 + (byte & 0x7f);
    }
    base = start - distance;
  } else if (type === REFERENCE_DELTA) {
    base = body.toString("hex", at, at + 20);
    at += 20;
  }
  budget.take(size);
  const { data, used } = inflate(body.subarray(at), size);
  const end = at + used;
  if (base !== undefined) return { entry: { kind: "delta", base, delta: data }, end };
  const name = TYPES[type as keyof typeof TYPES];
  if (name === undefined) throw new Error("The pack has an object of an unknown type.");
  return { entry: { kind: "whole", object: { type: name, data } }, end };
}

/** Never unfolds more than the header promised. */
function inflate(bytes: Buffer, size: number): { data: Buffer; used: number } {
  const options = { maxOutputLength: Math.max(1, size), info: true };
  const result = inflateSync(bytes as InputType, options) as unknown as {
    buffer: Buffer;
    engine: { bytesWritten: number };
  };
  if (result.buffer.length !== size) throw new Error("An object has another size than its header says.");
  return { data: result.buffer, used: result.engine.bytesWritten };
}

function resolveAll(entries: ReadonlyMap<number, Entry>, budget: Budget): Map<string, GitObject> {
  const byOffset = new Map<number, GitObject>();
  const byId = new Map<string, GitObject>();
  const resolve = (offset: number, depth: number): GitObject | null => {
    const known = byOffset.get(offset);
    if (known !== undefined) return known;
    const entry = entries.get(offset);
    if (entry === undefined || depth > MAX_DELTA_DEPTH) throw new Error("A delta has no base, or too many.");
    if (entry.kind === "delta" && typeof entry.base === "string" && !byId.has(entry.base)) return null;
    const object = entry.kind === "whole" ? entry.object : undelta(entry, depth);
    if (object === null) return null;
    byOffset.set(offset, object);
    byId.set(objectId(object.type, object.data), object);
    return object;
  };
  const undelta = (entry: Extract<Entry, { kind: "delta" }>, depth: number): GitObject | null => {
    const base = typeof entry.base === "string" ? byId.get(entry.base) : resolve(entry.base, depth + 1);
    return base ? { type: base.type, data: applyDelta(base.data, entry.delta, budget) } : null;
  };
  // A delta may name a base that comes later: go over what is left until nothing more can be resolved.
  let left = [...entries.keys()];
  for (let before = -1; left.length > 0 && left.length !== before; ) {
    before = left.length;
    left = left.filter((offset) => resolve(offset, 0) === null);
  }
  if (left.length > 0) throw new Error("A delta has no base in the pack.");
  return byId;
}

/** Copies from the base and inserts literal bytes, as gitformat-pack describes. */
function applyDelta(base: Buffer, delta: Buffer, budget: Budget): Buffer {
  let at = 0;
  const next = () => {
    const byte = delta[at++];
    if (byte === undefined) throw new Error("A delta ends in the middle.");
    return byte;
  };
  const size = () => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = next();
      value += (byte & 0x7f) * scale;
      if ((byte & 0x80) === 0) return value;
      if (value > Number.MAX_SAFE_INTEGER / 256) throw new Error("A delta is too large.");
    }
  };
  if (size() !== base.length) throw new Error("A delta belongs to another base.");
  const total = size();
  budget.take(total);
  const out = Buffer.alloc(total);
  let written = 0;
  while (at < delta.length) {
    const code = next();
    if (code === 0) throw new Error("A delta has an unknown instruction.");
    if (code & 0x80) {
      let offset = 0;
      let length = 0;
      for (let i = 0; i < 4; i++) if (code & (1 << i)) offset += next() * 256 ** i;
      for (let i = 0; i < 3; i++) if (code & (1 << (4 + i))) length += next() * 256 ** i;
      if (length === 0) length = 0x10000;
      if (offset + length > base.length || written + length > total) throw new Error("A delta copies out of bounds.");
      written += base.copy(out, written, offset, offset + length);
    } else {
      if (at + code > delta.length || written + code > total) throw new Error("A delta inserts out of bounds.");
      written += delta.copy(out, written, at, at + code);
      at += code;
    }
  }
  if (written !== total) throw new Error("A delta makes another size than it says.");
  return out;
}
