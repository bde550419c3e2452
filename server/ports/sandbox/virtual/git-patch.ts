/** Writes changes in git's own patch format, so that `git apply` takes them at the pristine commit. */
import { isUtf8 } from "node:buffer";
import { deflateSync } from "node:zlib";
import { structuredPatch } from "diff";
import { objectId } from "../git-objects.ts";
import type { TreeFile } from "./read-tree.ts";

export type Change = { readonly path: string; readonly before: TreeFile | null; readonly after: TreeFile | null };

const MODES = { file: "100644", program: "100755", symlink: "120000" } as const;
const NO_OBJECT = "0".repeat(40);
const BASE85 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~";
/** A comparison that would take longer is written as "all lines out, all lines in", which applies just as well. */
const COMPARE_MS = 2000;

export function patchOf({ path, before, after }: Change): string {
  // A change of kind (file to link) is a removal and an addition.
  if (before && after && (before.mode === "symlink") !== (after.mode === "symlink")) {
    return patchOf({ path, before, after: null }) + patchOf({ path, before: null, after });
  }
  const [from, to] = [quotePath(`a/${path}`), quotePath(`b/${path}`)];
  const head = [`diff --git ${from} ${to}`];
  const mode = MODES[(after ?? before)?.mode ?? "file"];
  if (before === null) head.push(`new file mode ${mode}`);
  else if (after === null) head.push(`deleted file mode ${mode}`);
  else if (before.mode !== after.mode) head.push(`old mode ${MODES[before.mode]}`, `new mode ${MODES[after.mode]}`);
  const [old, now] = [before?.data ?? Buffer.alloc(0), after?.data ?? Buffer.alloc(0)];
  if (before && after && old.equals(now)) return `${head.join("\n")}\n`;
  const ids = `${before ? objectId("blob", old) : NO_OBJECT}..${after ? objectId("blob", now) : NO_OBJECT}`;
  head.push(`index ${ids}${before && after && before.mode === after.mode ? ` ${mode}` : ""}`);
  if (!isText(old) || !isText(now)) return `${head.join("\n")}\nGIT binary patch\n${literal(now)}\n${literal(old)}\n`;
  if (old.length === 0 && now.length === 0) return `${head.join("\n")}\n`;
  head.push(`--- ${before ? from : "/dev/null"}`, `+++ ${after ? to : "/dev/null"}`);
  return `${head.join("\n")}\n${hunks(old.toString(), now.toString())}`;
}

function hunks(old: string, now: string): string {
  const options = { context: 3, timeout: COMPARE_MS };
  const compared = structuredPatch("a", "b", old, now, undefined, undefined, options);
  const list = compared?.hunks ?? [wholeHunk(old, now)];
  return list
    .map((hunk) => {
      // An empty side is counted from line 0.
      const left = `${hunk.oldLines === 0 ? Math.max(0, hunk.oldStart - 1) : hunk.oldStart},${hunk.oldLines}`;
      const right = `${hunk.newLines === 0 ? Math.max(0, hunk.newStart - 1) : hunk.newStart},${hunk.newLines}`;
      return `@@ -${left} +${right} @@\n${hunk.lines.join("\n")}\n`;
    })
    .join("");
}

function wholeHunk(old: string, now: string) {
  const lines = (text: string, sign: string) => {
    const parts = text.split("\n");
    const ended = parts.at(-1) === "";
    if (ended) parts.pop();
    return { count: parts.length, lines: parts.map((line) => sign + line).concat(ended || text === "" ? [] : NO_END) };
  };
  const [out, into] = [lines(old, "-"), lines(now, "+")];
  return { oldStart: 1, oldLines: out.count, newStart: 1, newLines: into.count, lines: [...out.lines, ...into.lines] };
}

const NO_END = ["\\ No newline at end of file"];

function isText(data: Buffer): boolean {
  return isUtf8(data) && !data.includes(0);
}

/** Quotes a path as git does: C escapes, and octal for everything that is not printable ASCII. */
function quotePath(path: string): string {
  const bytes = Buffer.from(path);
  if (bytes.every((byte) => byte > 31 && byte < 127 && byte !== 34 && byte !== 92)) return path;
  const quoted = [...bytes].map((byte) => {
    if (byte === 34 || byte === 92) return `\\${String.fromCharCode(byte)}`;
    return byte > 31 && byte < 127 ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, "0")}`;
  });
  return `"${quoted.join("")}"`;
}

/** One half of a binary patch: deflated bytes in lines of base 85, each led by its length as a letter. */
function literal(data: Buffer): string {
  const packed = deflateSync(data);
  const lines = [`literal ${data.length}`];
  for (let at = 0; at < packed.length; at += 52) {
    const part = packed.subarray(at, at + 52);
    const letter = String.fromCharCode(part.length <= 26 ? 64 + part.length : 70 + part.length);
    lines.push(letter + base85(part));
  }
  return `${lines.join("\n")}\n`;
}

function base85(bytes: Buffer): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 4) {
    const group = Buffer.alloc(4);
    bytes.copy(group, 0, at, at + 4);
    let value = group.readUInt32BE(0);
    let letters = "";
    for (let i = 0; i < 5; i++) {
      letters = BASE85[value % 85] + letters;
      value = Math.floor(value / 85);
    }
    text += letters;
  }
  return text;
}
