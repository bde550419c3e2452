import { findPathTokens } from "./path-tokens.ts";
import { comparable, isDiff, type Quotation, quotationOf, readDiff, squeeze } from "./quoted-code.ts";
import type { ReadOutput } from "./read-output.ts";
import { confirm, invent, type ReferencePad, strip } from "./reference-pad.ts";
import type { TreeLibrary } from "./tree-library.ts";

/** Reading is the dear part of the gate: quotations are looked for in the files the output names, then in small trees. */
const MAX_FILES = 200;
const MAX_BYTES = 3_000_000;

/**
 * With what may name the file it comes from, and how many of its lines have to be found: half of them, unless told. A
 * call has its name besides: where only that is found, it may be a call in a form that is not known here, or another word.
 */
type Sourced = Quotation & { source: string; enough?: number; name?: string };

/** Looks for every quoted snippet, and for the unchanged lines of every proposed diff, in the text of the repository. */
export async function checkSnippets(read: ReadOutput, pad: ReferencePad, library: TreeLibrary): Promise<void> {
  const quotations: Sourced[] = [];
  for (const fence of read.fences) {
    if (isDiff(fence)) {
      for (const file of readDiff(fence.lines)) {
        const lines = comparable(file.kept);
        if (!file.isNew && lines.length > 0)
          quotations.push({ lines, at: fence.at, text: file.kept.slice(0, 3).join("\n"), source: file.oldPath ?? "" });
      }
    } else {
      const quotation = quotationOf(fence);
      if (quotation && quotation.lines.length > 0)
        quotations.push({
          ...quotation,
          source: `${fence.info} ${fence.intro} ${fence.heading} ${fence.lines[0] ?? ""}`,
        });
    }
  }
  for (const quotation of inlineQuotations(read)) quotations.push(quotation);
  if (quotations.length === 0) return;
  const anywhere = { named: firstOf(textsOf(pad.files, pad)), all: firstOf(textsOf(pad.tree.paths.keys(), pad)) };
  const namedIn = new Map<string, string[]>();
  for (const quotation of quotations) {
    const named = namedIn.get(quotation.source) ?? firstOf(filesNamed(quotation.source, pad));
    namedIn.set(quotation.source, named);
    const { lines, enough, name } = quotation;
    const look = (wanted: Omit<Wanted, "from">) =>
      isFound({ ...wanted, from: named }, candidates(named, anywhere), pad, library);
    const verdict = await look({ lines, enough });
    if (verdict === false && name !== undefined && (await look({ lines: [name] })) !== false) continue;
    const text = quotation.text.length > 160 ? `${quotation.text.slice(0, 157)}...` : quotation.text;
    if (verdict === true) confirm(pad, `snippet ${text}`, quotation.at);
    else if (verdict === false) {
      invent(pad, { kind: "snippet", text, why: "Quoted as code of the repository, but it does not stand there." });
    }
  }
}

/** A quotation that names its file stands or falls by the files named; one that does not may come from anywhere. */
function* candidates(
  named: readonly string[],
  anywhere: { named: readonly string[]; all: readonly string[] },
): Generator<string> {
  const tried = new Set<string>();
  for (const some of [named, anywhere.named, named.length > 0 ? [] : anywhere.all]) {
    for (const path of some) {
      if (!tried.has(path)) yield path;
      tried.add(path);
    }
  }
}

/** As many paths as are ever looked into for one quotation, and one more. */
function firstOf(paths: Iterable<string>): string[] {
  const first = new Set<string>();
  for (const path of paths) {
    first.add(path);
    if (first.size > MAX_FILES) break;
  }
  return [...first];
}

function* textsOf(paths: Iterable<string>, pad: ReferencePad): Generator<string> {
  for (const path of paths) if (pad.tree.paths.get(path)?.lines !== undefined) yield path;
}

function* filesNamed(source: string, pad: ReferencePad): Generator<string> {
  for (const token of findPathTokens(source)) {
    const found = pad.index.resolve(strip(token.path, pad));
    if (found.kind === "file") yield* found.files;
  }
}

type Wanted = { lines: readonly string[]; enough?: number | undefined; from: readonly string[] };

/**
 * True or false when it can be told; null when something it could come from could not be read. What is said to be from
 * some files is not excused by others. A line that is said again and again counts once, whether it stands there or not.
 */
export async function isFound(
  { lines, enough, from }: Wanted,
  wanted: Iterable<string>,
  pad: ReferencePad,
  library: TreeLibrary,
): Promise<boolean | null> {
  const missing = new Set(lines);
  const different = missing.size;
  let unread = false;
  let bytes = 0;
  let files = 0;
  for (const path of textsOf(wanted, pad)) {
    bytes += pad.tree.paths.get(path)?.bytes ?? 0;
    if (++files > MAX_FILES || bytes > MAX_BYTES) return null;
    const opened = library.open(path);
    const text = opened instanceof Promise ? await opened : opened;
    if (text === null) {
      if (from.length === 0 || from.includes(path)) unread = true;
      continue;
    }
    for (const line of missing) {
      const stands = text.has(line);
      if (stands === null) return null;
      if (stands) missing.delete(line);
    }
    if (different - missing.size >= (enough ?? different / 2)) return true;
  }
  return unread ? null : false;
}

const STATES =
  /(?:[:(]\s*|\b(?:calls?|uses?|reads?|contains?|has|says|runs?|returns?|does|sets?|the (?:line|code|statement|expression|call|query))\s+)$/i;
const MAY_PROPOSE =
  /\b(?:should|could|would|use|instead|replace|change|prefer|consider|try|add|wrap|call|fix|suggest|recommend|rename|like|e\.g|example|better|switch|move|to|with|by|remove|not|no|never|missing|without)\b/i;

/** `server.listen()`, `Session::verify()`: a function by its name, whatever it belongs to and is passed. */
const CALLED = /^(?:[\p{L}\p{N}_$.:#>-]*[.:#>])?([\p{L}\p{N}_$]+)!?\(\)$/u;
/** What follows the name where it is called or declared, with types between, or assigned: "offset" is no `set()`. */
const AFTER_NAME = ["(", "?.(", "<", "::<", "=(", "=async", ":async", "!(", "!{", "!["];
/** So many calls are looked for: a short name is told only by reading whole files, once for each of these. */
const MAX_CALLS = 200;

/** "`a.ts:12` calls `eval(input)`": a piece of code in a sentence that only states, next to a file and a line. */
function inlineQuotations(read: ReadOutput): Sourced[] {
  const found: Sourced[] = [];
  let calls = 0;
  for (const line of read.prose) {
    if (!/:\d|#L\d|\blines?\s+\d/i.test(line.text)) continue;
    for (const span of line.text.matchAll(/`([^`\n]{10,300})`/g)) {
      const code = span[1] ?? "";
      if (
        !/[()=;[\]{}]/.test(code) ||
        /^[\w./-]+:\d+/.test(code) ||
        /\.\.\.|…/.test(code) ||
        /[<>]{1}[a-z_ ]+>/i.test(code)
      )
        continue;
      const before = line.text.slice(Math.max(0, span.index - 160), span.index);
      const sentence = before.slice(Math.max(before.lastIndexOf(". "), before.lastIndexOf("\n")) + 1);
      if (!STATES.test(sentence) || MAY_PROPOSE.test(sentence)) continue;
      const name = CALLED.exec(code)?.[1];
      if (name !== undefined && ++calls > MAX_CALLS) continue;
      const quotation = { at: line.at + span.index, text: code, source: line.text, enough: 1 };
      if (name === undefined) found.push({ ...quotation, lines: [squeeze(code)] });
      else found.push({ ...quotation, lines: AFTER_NAME.map((after) => name + after), name });
    }
  }
  return found;
}
