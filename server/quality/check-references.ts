import { checkSnippets } from "./check-snippets.ts";
import { linesAfter, linesAnywhere, linesBefore } from "./cited-lines.ts";
import { claimsFile } from "./claims-file.ts";
import { collectMentions, type Mention } from "./collect-mentions.ts";
import { findPathTokens } from "./path-tokens.ts";
import { isDiff, readDiff } from "./quoted-code.ts";
import type { ReadOutput } from "./read-output.ts";
import { confirm, invent, type Place, type ReferencePad, strip } from "./reference-pad.ts";
import { indexTree, tailsOf } from "./tree-index.ts";
import type { DeliveredPatch, PristineTree, ReferenceReport } from "./verdict.ts";

export type CheckedReferences = ReferenceReport & {
  /** Files of the tree that the output names, in the order of their first mention. */
  files: string[];
  /** How many different line citations hold. */
  lineCount: number;
  /** Places in the text where a reference was confirmed; a statement that spans one is tied to the repository. */
  places: Place[];
};

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
    made: new Set((patch?.createdPaths ?? []).flatMap((path) => [...tailsOf(path)])),
    patched: addedLines(patch),
    confirmed: new Set(),
    created: new Set(),
    invented: new Map(),
    files: new Set(),
    lines: new Set(),
    longest: new WeakMap(),
    at: [],
  };
  const text = takeAwkward(read.text, pad);
  const announced = new Set<string>();
  const mentions = collectMentions(read, text, pad, announced);
  for (const fence of read.fences) if (isDiff(fence)) checkDiffNames(fence.lines, pad, announced);
  for (const mention of mentions) checkMention(mention, announced, pad);
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
  for (const path of pad.index.awkward.slice(0, 200)) {
    for (const written of [path, path.slice(path.lastIndexOf("/") + 1)]) {
      if (!/[\s,;"'`|<>]/.test(written) || written.length < 4) continue;
      let seen = 0;
      for (let at = rest.indexOf(written); at >= 0 && seen < 500; at = rest.indexOf(written, at + written.length)) {
        seen++;
        confirm(pad, `path ${path}`, at);
        pad.files.add(path);
        const after = rest.slice(at + written.length, at + written.length + 80);
        citeLines(pad, [path], [...linesAfter(after), ...suffixLines(after)], written, at);
      }
      if (seen > 0) rest = rest.replaceAll(written, " ".repeat(written.length));
    }
  }
  return rest;
}

function suffixLines(after: string): number[] {
  return (/^(?::|#L)(\d{1,7})(?:-L?(\d{1,7}))?/.exec(after)?.slice(1) ?? []).filter(Boolean).map(Number);
}

function checkMention(mention: Mention, announced: ReadonlySet<string>, pad: ReferencePad): void {
  const { token, line, offset, columnLines } = mention;
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
    } else if (pad.made.has(variant)) pad.created.add(variant);
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

/** A bare name may mean several files: a citation holds if any of them is that long. */
function longestOf(files: readonly string[], pad: ReferencePad): number {
  const known = pad.longest.get(files);
  if (known !== undefined) return known;
  let longest = 0;
  for (const file of files) {
    const own = pad.tree.paths.get(file)?.lines ?? Number.POSITIVE_INFINITY;
    longest = Math.max(longest, own + (pad.patched.get(file) ?? 0));
  }
  pad.longest.set(files, longest);
  return longest;
}

function citeLines(
  pad: ReferencePad,
  files: readonly string[],
  cited: readonly number[],
  written: string,
  at: number,
): void {
  if (cited.length === 0) return;
  const longest = longestOf(files, pad);
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
      } else if (file.isNew || pad.made.has(path) || (path === file.newPath && path !== file.oldPath)) {
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
