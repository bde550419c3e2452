import { isAnnouncedNew } from "./announced.ts";
import { findPathTokens, type PathToken } from "./path-tokens.ts";
import { isDiff, quotationOf } from "./quoted-code.ts";
import type { ReadOutput } from "./read-output.ts";
import { type ReferencePad, strip } from "./reference-pad.ts";

/** A path as it was written, with the line of text around it and what its table says of lines. */
export type Mention = { token: PathToken; line: string; offset: number; columnLines: number[] };

/** "into `a.ts` and `b.ts`": what holds for the first holds for the second. */
const LISTED = /^[`*_"')\]]{0,3}\s*(?:,|and|&|or|plus|, and)\s+(?:(?:a|an|the|new)\s+)?[`*_"'(]{0,3}$/;

/** The first line of a block that names its file: `// src/a.ts`. */
const FILE_COMMENT = /^(?:\/\/|#|--|\/\*|<!--|;)\s*(?:file:\s*|filename:\s*)?(\S{1,200})(?:\s*(?:\*\/|-->))?$/i;

/** Gathers every path of the prose and of what fenced blocks say of themselves; notes those announced as new. */
export function collectMentions(read: ReadOutput, text: string, pad: ReferencePad, announced: Set<string>): Mention[] {
  const tokens: Mention[] = [];
  let lineColumn = -1;
  for (const line of read.prose) {
    const body = text.slice(line.at, line.at + line.text.length);
    const cells = line.kind === "row" ? body.split("|") : null;
    if (!cells) lineColumn = -1;
    else if (cells.some((cell) => /^\s*\**lines?(?:\s*(?:#|no\.?|numbers?|\(s\)))?\**\s*$/i.test(cell)))
      lineColumn = cells.findIndex((cell) => /^\s*\**lines?\b/i.test(cell));
    const columnLines =
      cells && lineColumn > 0
        ? (/^[\s`L]*(\d{1,7})(?:\s*[-–]\s*(\d{1,7}))?[\s`]*$/.exec(cells[lineColumn] ?? "")?.slice(1) ?? [])
            .filter(Boolean)
            .map(Number)
        : [];
    for (const token of findPathTokens(body)) tokens.push({ token, line: body, offset: line.at, columnLines });
  }
  for (const fence of read.fences) {
    if (!isDiff(fence)) {
      const named = /[\w./@()[\]-]+\.\w{1,6}(?=["'\s:}]|$)/.exec(fence.info.replace(/^\w+(?=[\s{:])/, ""))?.[0];
      const lines = named ? [named, ...fence.lines] : fence.lines;
      const opening = FILE_COMMENT.exec((fence.lines[0] ?? "").trim())?.[1];
      const listing = /^(?:|text|txt|plaintext|console|output|log)$/i.test(fence.info.trim());
      const body = listing ? lines.join("\n") : [named ?? "", opening ?? ""].join("\n");
      const isNew = isAnnouncedNew(fence.intro.slice(-200), "") || /\b(?:create|new file|add)\b/i.test(fence.intro);
      for (const token of findPathTokens(body, true)) {
        // The first comment of a proposed file names the file it will be; of a quotation, the file it is said to be from.
        if (isNew || (opening !== undefined && token.lines.length === 0 && quotationOf(fence) === null)) {
          if (pad.index.resolve(strip(token.path, pad)).kind === "none") announced.add(token.path);
        }
        tokens.push({ token, line: body, offset: fence.at, columnLines: [] });
      }
    }
  }
  let previous: { token: PathToken; line: string } | null = null;
  for (const one of tokens) {
    const { token, line } = one;
    const before = line.slice(Math.max(0, token.start - 200), token.start);
    const listed =
      previous?.line === line &&
      announced.has(previous.token.path) &&
      LISTED.test(line.slice(previous.token.end, token.start));
    if (listed || isAnnouncedNew(before, line.slice(token.end, token.end + 80))) announced.add(token.path);
    previous = one;
  }
  return tokens;
}
