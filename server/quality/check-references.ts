import { isAnnouncedNew } from "./announced.ts";
import { checkSnippets } from "./check-snippets.ts";
import { linesAfter, linesAnywhere, linesBefore } from "./cited-lines.ts";
import { claimsFile } from "./claims-file.ts";
import { findPathTokens, type PathToken } from "./path-tokens.ts";
import { isDiff, readDiff } from "./quoted-code.ts";
import type { ReadOutput } from "./read-output.ts";
import { confirm, invent, type Place, type ReferencePad, strip } from "./reference-pad.ts";
import { indexTree } from "./tree-index.ts";
import type { DeliveredPatch, PristineTree, ReferenceReport } from "./verdict.ts";

export type CheckedReferences = ReferenceReport & {
  /** Files of the tree that the output names, in the order of their first mention. */
  files: string[];
  /** How many different line citations hold. */
  lineCount: number;
  /** Places in the text where a reference was confirmed; a statement that spans one is tied to the repository. */
  places: Place[];
};

/** "into `a.ts` and `b.ts`": what holds for the first holds for the second. */
const LISTED = /^[`*_"')\]]{0,3}\s*(?:,|and|&|or|plus|, and)\s+(?:(?:a|an|the|new)\s+)?[`*_"'(]{0,3}$/;

/** Checks every path, line and quoted snippet of an output against the tree frozen at provision. */
export async function checkReferences(
  read: ReadOutput,
  tree: PristineTree,
  patch?: DeliveredPatch,
  repoName?: string,
): Promise<CheckedReferences> {
  const index = indexTree(tree);
  const pad: ReferencePad = {
    index,
    tree,
    repoName,
    made: new Set(patch?.createdPaths ?? []),
    patched: addedLines(patch),
    confirmed: new Set(),
    created: new Set(),
    invented: new Map(),
    files: new Set(),
    lines: new Set(),
    at: [],
  };
  const text = takeAwkward(read.text, pad);
  const announced = new Set<string>();
  const tokens: { token: PathToken; line: string; around: string; offset: number; columnLines: number[] }[] = [];
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
    for (const token of findPathTokens(body))
      tokens.push({ token, line: body, around: text, offset: line.at, columnLines });
  }
  for (const fence of read.fences) {
    if (isDiff(fence)) checkDiffNames(fence.lines, pad, announced);
    else {
      const named = /[\w./@()[\]-]+\.\w{1,6}(?=["'\s:}]|$)/.exec(fence.info.replace(/^\w+(?=[\s{:])/, ""))?.[0];
      const lines = named ? [named, ...fence.lines] : fence.lines;
      const opening = /^\s*(?:\/\/|#|--|\/\*|<!--|;)\s*(?:file:\s*|filename:\s*)?(\S{1,200})\s*(?:\*\/|-->)?\s*$/i.exec(
        fence.lines[0] ?? "",
      )?.[1];
      const listing = /^(?:|text|txt|plaintext|console|output|log)$/i.test(fence.info.trim());
      const body = listing ? lines.join("\n") : [named ?? "", opening ?? ""].join("\n");
      const isNew = isAnnouncedNew(fence.intro.slice(-200), "") || /\b(?:create|new file|add)\b/i.test(fence.intro);
      for (const token of findPathTokens(body, true)) {
        // Paths inside a listing carry their own context; a proposed file's first comment names the file it will be.
        if (isNew || opening !== undefined) {
          if (pad.index.resolve(strip(token.path, pad)).kind === "none") announced.add(token.path);
        }
        tokens.push({ token, line: body, around: body, offset: fence.at, columnLines: [] });
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
  for (const one of tokens) checkToken(one.token, one.line, one.offset, one.columnLines, announced, pad);
  checkHeadedLines(read, pad);
  await checkSnippets(read, pad);
  return {
    checked: pad.confirmed.size + pad.invented.size,
    confirmed: pad.confirmed.size,
    invented: [...pad.invented.values()],
    created: [...pad.created],
    files: [...pad.files],
    lineCount: pad.lines.size,
    places: pad.at.sort((a, b) => a.at - b.at),
  };
}

/** Paths with spaces or quotes are looked for whole and taken out, so that their torn halves are not misread. */
function takeAwkward(text: string, pad: ReferencePad): string {
  let rest = text;
  for (const path of pad.index.awkward.slice(0, 500)) {
    for (const written of [path, path.slice(path.lastIndexOf("/") + 1)]) {
      if (!/[\s,;"'`|<>]/.test(written) || written.length < 4) continue;
      for (let at = rest.indexOf(written); at >= 0; at = rest.indexOf(written, at + 1)) {
        confirm(pad, `path ${path}`, at);
        pad.files.add(path);
        citeLines(
          pad,
          [path],
          [
            ...linesAfter(rest.slice(at + written.length, at + written.length + 80)),
            ...suffixLines(rest, at + written.length),
          ],
          written,
          at,
        );
        rest = rest.slice(0, at) + " ".repeat(written.length) + rest.slice(at + written.length);
      }
    }
  }
  return rest;
}

function suffixLines(text: string, at: number): number[] {
  return (/^(?::|#L)(\d{1,7})(?:-L?(\d{1,7}))?/.exec(text.slice(at, at + 24))?.slice(1) ?? [])
    .filter(Boolean)
    .map(Number);
}

function checkToken(
  token: PathToken,
  line: string,
  offset: number,
  columnLines: number[],
  announced: ReadonlySet<string>,
  pad: ReferencePad,
): void {
  const next = line.slice(token.end, token.end + 1);
  let path = strip(token.path, pad);
  // `--config=src/a.json`: an option and its value, unless a file is really called so.
  const option = path.includes("=") && pad.index.resolve(path).kind === "none";
  if (option) path = strip(path.slice(path.lastIndexOf("=") + 1), pad);
  if (!/[\p{L}\p{N}]/u.test(path)) return;
  const braces = /^(.*)\{([^{}]+,[^{}]+)\}(.*)$/.exec(path);
  const variants = braces
    ? (braces[2] ?? "").split(",").map((part) => `${braces[1]}${part.trim()}${braces[3]}`)
    : [path];
  for (const variant of variants) {
    const found = pad.index.resolve(variant);
    if (found.kind === "file") {
      const bare = !variant.includes("/") && !variant.includes(".");
      if (!bare) confirm(pad, `path ${found.files[0]}`, offset + token.start);
      for (const file of found.files.slice(0, 3)) pad.files.add(file);
      const cited = [
        ...token.lines,
        ...linesAfter(line.slice(token.end, token.end + 90)),
        ...linesBefore(line.slice(Math.max(0, token.start - 90), token.start)),
        ...columnLines,
      ];
      citeLines(pad, found.files, cited, variant, offset + token.start);
    } else if (found.kind === "directory") {
      if (variant.includes("/")) confirm(pad, `directory ${variant.replace(/\/+$/, "")}`, offset + token.start);
    } else if (isMade(variant, pad)) pad.created.add(variant);
    else if (claimsFile({ ...token, path: variant === path && !option ? token.path : variant }, pad.index, next)) {
      if (announced.has(token.path) || announced.has(variant)) pad.created.add(variant);
      else
        invent(pad, {
          kind: variant.endsWith("/") ? "directory" : "path",
          text: token.raw,
          why: found.otherCase
            ? `Not in the repository; ${found.otherCase} differs in case.`
            : "No such file or directory in the repository.",
        });
    }
  }
}

function isMade(path: string, pad: ReferencePad): boolean {
  if (pad.made.has(path)) return true;
  for (const made of pad.made) if (made.endsWith(`/${path}`)) return true;
  return false;
}

function citeLines(
  pad: ReferencePad,
  files: readonly string[],
  cited: readonly number[],
  written: string,
  at: number,
): void {
  if (cited.length === 0) return;
  // A bare name may mean several files: a citation holds if any of them is that long.
  const lengths = files.map(
    (file) => (pad.tree.paths.get(file)?.lines ?? Number.POSITIVE_INFINITY) + (pad.patched.get(file) ?? 0),
  );
  const longest = Math.max(...lengths);
  for (const line of cited) {
    if (line >= 1 && line <= longest) {
      if (Number.isFinite(longest)) {
        pad.lines.add(`${files[0]}:${line}`);
        confirm(pad, `line ${files[0]}:${line}`, at);
      }
    } else
      invent(pad, {
        kind: "line",
        text: `${written}:${line}`,
        why: `The file has ${longest} ${longest === 1 ? "line" : "lines"}.`,
      });
  }
}

/** "### src/a.ts" followed by "… (line 12)": the lines belong to the one file of the heading. */
function checkHeadedLines(read: ReadOutput, pad: ReferencePad): void {
  let heading = "";
  let files: string[] = [];
  let other = false;
  for (const line of read.prose) {
    if (line.kind === "heading") {
      heading = line.text;
      const found = findPathTokens(heading).map((token) => pad.index.resolve(strip(token.path, pad)));
      files = found.length === 1 && found[0]?.kind === "file" ? found[0].files : [];
      other = false;
      continue;
    }
    if (files.length === 0 || other || !/\d|[/.]\w/.test(line.text)) continue;
    const named = findPathTokens(line.text).some(
      (token) =>
        pad.index.resolve(strip(token.path, pad)).kind === "file" ||
        claimsFile(token, pad.index, line.text.slice(token.end, token.end + 1)),
    );
    if (named) other = true;
    else citeLines(pad, files, linesAnywhere(line.text), files[0] ?? "", line.at);
  }
}

function checkDiffNames(lines: readonly string[], pad: ReferencePad, announced: Set<string>): void {
  for (const file of readDiff(lines)) {
    for (const path of new Set([file.oldPath, file.newPath])) {
      if (path === null) continue;
      const found = pad.index.resolve(strip(path, pad));
      if (found.kind === "file") {
        confirm(pad, `path ${found.files[0]}`, -1);
        for (const one of found.files.slice(0, 3)) pad.files.add(one);
      } else if (file.isNew || isMade(path, pad) || (path === file.newPath && path !== file.oldPath)) {
        pad.created.add(path);
        announced.add(path);
      } else if (found.kind === "none")
        invent(pad, {
          kind: "path",
          text: path,
          why: "The proposed diff changes a file the repository does not have.",
        });
    }
  }
}

/** Lines the seller's patch adds to a file may be cited too. */
function addedLines(patch: DeliveredPatch | undefined): Map<string, number> {
  const added = new Map<string, number>();
  if (!patch) return added;
  for (const file of readDiff(patch.text.split("\n"))) if (file.newPath) added.set(file.newPath, file.added.length);
  return added;
}
