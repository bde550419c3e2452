import { isAddressedToJudge } from "./addressed.ts";
import { isBoilerplate } from "./boilerplate.ts";
import type { ReadOutput } from "./read-output.ts";
import { isFunctionWord, rawWords, stemsOfWord } from "./words.ts";

/** One sentence, list item or table row of the output's prose, with what it is worth reading for. */
export type Statement = {
  text: string;
  start: number;
  end: number;
  words: number;
  stems: ReadonlySet<string>;
  heading: boolean;
  /** The headings it stands under, itself included. */
  section: string;
  /** Said before in this output, word for word or nearly. */
  repeated: boolean;
  boilerplate: boolean;
  addressed: boolean;
  /** Not language: word lists, noise, keyword stuffing. */
  noise: boolean;
};

const SENTENCE_END =
  /(?:[.!?。！？]["')\]`*_]{0,3}(?=\s+["'`([*_]{0,3}[\p{Lu}\p{N}\p{Lo}]|\s*$)|(?<=[\p{Ll})`]{4})[.!?](?=\s+\S)|。(?=\S)|[!?](?=\p{Lo}))/gu;

/** Draws a line or a table's head, and says nothing. */
const RULE = /^(?:[\s:|-]+|[-*_=]{3,})$/;

/** Cuts the prose into statements and marks those that repeat, fit anything, or speak to the judge. Linear. */
export function readStatements(read: ReadOutput): Statement[] {
  const seen = new Set<string>();
  const shapes = new Map<string, number>();
  const statements: Statement[] = [];
  for (const line of read.prose) {
    if (RULE.test(line.text.trim())) continue;
    for (const [from, to] of sentencesOf(line.text)) {
      const text = line.text.slice(from, to);
      const raw = rawWords(text);
      if (raw.length === 0) continue;
      const words = raw.map((word) => word.toLowerCase());
      const stems = new Set(raw.flatMap((word) => [...stemsOfWord(word)]));
      statements.push({
        text,
        start: line.at + from,
        end: line.at + to,
        words: words.length,
        stems,
        heading: line.kind === "heading",
        section: line.heading,
        repeated: line.kind !== "heading" && repeats(words, seen, shapes),
        boilerplate: isBoilerplate(text),
        addressed: isAddressedToJudge(text),
        noise: isNoise(raw, words) || isCode(text, words),
      });
    }
  }
  return statements;
}

function sentencesOf(line: string): [number, number][] {
  const cuts: [number, number][] = [];
  let from = 0;
  for (const match of line.matchAll(SENTENCE_END)) {
    const to = match.index + match[0].length;
    if (to - from >= 12) {
      cuts.push([from, to]);
      from = to;
    }
  }
  if (line.slice(from).trim() !== "") cuts.push([from, line.length]);
  return cuts;
}

/** More than half of its word triples were said before, or the same sentence came with other numbers. */
function repeats(words: readonly string[], seen: Set<string>, shapes: Map<string, number>): boolean {
  const shape = words.filter((word) => !/\p{N}/u.test(word)).join(" ");
  const times = shapes.get(shape) ?? 0;
  shapes.set(shape, times + 1);
  let known = 0;
  let total = 0;
  for (let i = 0; i + 2 < words.length; i++) {
    const triple = `${words[i]} ${words[i + 1]} ${words[i + 2]}`;
    total++;
    if (seen.has(triple)) known++;
    else seen.add(triple);
  }
  return times > 0 || (total > 2 && known / total > 0.5);
}

/** Sentences hold function words and few commas of keywords; lists of terms and random letters do not. */
function isNoise(raw: readonly string[], words: readonly string[]): boolean {
  if (words.length < 12) return false;
  // Of languages with letters of their own too few words are known to tell.
  if (raw.some((word) => /[\u00c0-\uffff]/.test(word))) return false;
  const function_ = words.filter((word) => isFunctionWord(word)).length;
  const distinct = new Set(words).size;
  return function_ / words.length < 0.08 || distinct / words.length < 0.3;
}

/** Source pasted as prose. Code belongs in a fence, where it is read as code. */
function isCode(text: string, words: readonly string[]): boolean {
  if (
    !/[;{},]\s*$|^\s*(?:import|export|const|let|var|def|function|class|return|if|for|while|public|private|from|package|#include|@)\b/.test(
      text,
    )
  )
    return false;
  if (!/[=(){};"']/.test(text)) return false;
  return words.filter((word) => ENGLISH.has(word)).length < Math.max(2, words.length * 0.2);
}

const ENGLISH = new Set(
  "the a an of to and is are be in it that this which with on not by as so but or can because when any every its".split(
    " ",
  ),
);
