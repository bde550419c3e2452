import { conceptsOf } from "./concepts.ts";
import { squeeze } from "./quoted-code.ts";
import { SearchedText } from "./searched-text.ts";
import type { PristineTree } from "./verdict.ts";
import { looksLikeIdentifier, rawWords, stemsOf, stemsOfWord, stemWeight } from "./words.ts";

/** What the task is about, as words: the yardstick for relevance and for which names are real. */
export type Subject = {
  /** Stems of the description's prose. */
  asked: ReadonlySet<string>;
  /** Stems of the code handed in; of its changed lines only where it is a diff. Empty without code. */
  focus: ReadonlySet<string>;
  /** Every word of the code at hand (material, files named), lower-case. */
  names: ReadonlySet<string>;
  /** Every stem of it. */
  context: ReadonlySet<string>;
  /** Stems for the kinds of code in it: imports, conditions, tests. */
  concepts: ReadonlySet<string>;
  /** Lines changed, or lines of code handed in: how much there is to say. */
  size: number;
  /** Squeezed source, so that copying it back can be told from writing about it. */
  source: SearchedText;
};

const MAX_READ = 2_000_000;
/** Trees up to this size are read whole: whatever is pasted from them is recognised. */
const SMALL_TREE = { files: 40, bytes: 200_000 };

/** Reads the task: its description, code in it or beside it, and the files of the tree that the output names. */
export async function readSubject(
  description: string,
  material: string | undefined,
  tree: PristineTree | null,
  files: readonly string[],
): Promise<Subject> {
  const { prose, code } = splitCode(description);
  const handed = [code, material ?? ""].filter((part) => part.trim() !== "").join("\n");
  const changed = changedLines(handed);
  const texts = [handed];
  let bytes = 0;
  let total = 0;
  if (tree) for (const file of tree.paths.values()) total += file.bytes;
  const small = tree !== null && tree.paths.size <= SMALL_TREE.files && total <= SMALL_TREE.bytes;
  const others: string[] = [];
  for (const path of small ? tree.paths.keys() : []) {
    const text = files.includes(path) ? null : await tree?.readText(path);
    if (text) others.push(text);
  }
  for (const file of files.slice(0, 60)) {
    bytes += tree?.paths.get(file)?.bytes ?? 0;
    if (bytes > MAX_READ) break;
    const text = await tree?.readText(file);
    if (text) texts.push(text);
  }
  const names = new Set<string>();
  const context = new Set<string>();
  for (const text of texts) {
    for (const word of rawWords(text)) {
      names.add(word.toLowerCase());
      for (const stem of stemsOfWord(word)) context.add(stem);
    }
  }
  return {
    asked: stemsOf(prose),
    focus: stemsOf(changed.length > 0 ? changed.join("\n") : handed),
    names,
    context,
    concepts: conceptsOf(changed.length > 0 ? changed : handed === "" ? [] : handed.split("\n")),
    size: changed.length > 0 ? changed.length : handed === "" ? 0 : handed.split("\n").length,
    source: new SearchedText(squeeze([prose, ...texts, ...others].join("\n"))),
  };
}

/** Code inside the description: fenced blocks, and a diff pasted as it is. */
function splitCode(description: string): { prose: string; code: string } {
  const prose: string[] = [];
  const code: string[] = [];
  let fenced = false;
  let diff = false;
  for (const line of description.split("\n")) {
    if (/^\s*(?:```|~~~)/.test(line)) fenced = !fenced;
    else if (fenced) code.push(line);
    else {
      if (/^(?:@@ -\d|diff --git |--- a\/)/.test(line)) diff = true;
      else if (diff && !/^[ +\-\\@]|^index |^$/.test(line)) diff = false;
      (diff ? code : prose).push(line);
    }
  }
  return { prose: prose.join("\n"), code: code.join("\n") };
}

function changedLines(code: string): string[] {
  if (!/^@@ -\d/m.test(code)) return [];
  return code
    .split("\n")
    .filter((line) => /^[+-](?!\+\+ |-- )/.test(line))
    .map((line) => line.slice(1));
}

/** The weight of the stems two sets share, and of the first set alone. */
export function sharedWeight(of: ReadonlySet<string>, within: ReadonlySet<string>): { hit: number; total: number } {
  let hit = 0;
  let total = 0;
  for (const stem of of) {
    const weight = stemWeight(stem);
    total += weight;
    if (within.has(stem)) hit += weight;
  }
  return { hit, total };
}

/** Names an output uses: those the code at hand knows, and those it does not. */
export function namesUsed(texts: Iterable<string>, subject: Subject): { known: Set<string>; unknown: Set<string> } {
  const known = new Set<string>();
  const unknown = new Set<string>();
  for (const text of texts) {
    const marked = new Set([...text.matchAll(/`([^`\n]{1,200})`/g)].flatMap((span) => rawWords(span[1] ?? "")));
    for (const word of new Set(rawWords(text))) {
      const stems = stemsOfWord(word);
      if (stems.length === 0 || word.length < 3) continue;
      if (subject.names.has(word.toLowerCase())) known.add(word.toLowerCase());
      else if ((marked.has(word) || looksLikeIdentifier(word)) && !stems.every((stem) => subject.context.has(stem)))
        unknown.add(word);
    }
  }
  return { known, unknown };
}
