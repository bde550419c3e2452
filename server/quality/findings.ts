import type { CheckedReferences } from "./check-references.ts";
import { plainStems } from "./concepts.ts";
import { squeeze } from "./quoted-code.ts";
import type { Statement } from "./statements.ts";
import { namesUsed, type Subject } from "./subject.ts";
import type { Manner } from "./weights.ts";
import { looksLikeIdentifier, rawWords, stemsOf, stemWeight } from "./words.ts";

/** A statement that counts, and how much: 1 is a full sentence tied to the task. */
export type Finding = { statement: Statement; value: number; cites: boolean; citesLine: boolean };

export type Findings = {
  counted: Finding[];
  /** Sum of the values. */
  weight: number;
  /** Share of the words that earn nothing: repeated, fitting anything, copied, off the topic. */
  filler: number;
  repeated: number;
  boilerplate: number;
  addressed: number;
  copied: number;
};

const HEDGE = /\bI\b|\b(?:[Mm]aybe|[Pp]erhaps|[Nn]ot sure|[Pp]robably|[Ii]mo|imho|[Ww]e|[Mm]y)\b/;
const PLACE = /[\w-]\/[\w./-]+\.\w{1,4}\b|\b[\w-]+\.[a-z]{1,4}(?::\d|`?,? (?:at )?lines? \d)/;
const FULL_SENTENCE = 18;
/** A general task may be answered in a line. */
const SHORT_SENTENCE = 8;

/**
 * Decides which statements count. Only what is tied to the task does: by a reference that holds, by a name of the code
 * at hand, or by the words of the request. Everything else is filler, so adding it can only dilute.
 */
export function weighFindings(
  statements: readonly Statement[],
  refs: CheckedReferences | null,
  subject: Subject,
  manner: Manner,
  taskType: string,
): Findings {
  const topic = manner === "review" && (refs || subject.focus.size > 0) ? null : widenTopic(statements, subject);
  const result: Findings = { counted: [], weight: 0, filler: 0, repeated: 0, boilerplate: 0, addressed: 0, copied: 0 };
  let all = 0;
  let idle = 0;
  let carry = 0;
  let place = 0;
  for (const statement of statements) {
    let cites = false;
    let citesLine = false;
    const places = refs?.places ?? [];
    while (place < places.length && (places[place]?.at ?? 0) < statement.start) place++;
    for (let i = place; i < places.length && (places[i]?.at ?? 0) < statement.end; i++) {
      cites = true;
      if (places[i]?.kind === "line") citesLine = true;
    }
    // With no repository to ask, a place named in the usual form still says more than a generality.
    if (!refs && subject.names.size === 0 && PLACE.test(statement.text)) cites = true;
    if (statement.heading) {
      // A few lines below a heading stand for it, fewer where only the document's title is on the topic.
      const onTopic = topic !== null && [...statement.stems].some((stem) => topic.has(stem));
      const titled = topic !== null && [...stemsOf(statement.section)].some((stem) => subject.asked.has(stem));
      carry = cites ? 3 : onTopic ? 4 : titled ? 3 : 0;
      // "## High: SQL injection in `src/a.ts:4`" is half a finding already; the rest stands below it.
      if (cites && statement.words >= 4 && !statement.addressed) {
        result.counted.push({ statement, value: 0.4, cites, citesLine });
        result.weight += 0.4;
      }
      continue;
    }
    all += statement.words;
    const copied = statement.words >= 6 && subject.source.includes(squeeze(statement.text.replace(/^[\s>*+-]+/, "")));
    if (statement.repeated) result.repeated++;
    if (statement.addressed) result.addressed++;
    if (copied) result.copied++;
    if (statement.boilerplate && !cites) result.boilerplate++;
    const general = statement.boilerplate && !cites && subject.focus.size === 0;
    let tie = 0;
    if (!(statement.repeated || statement.addressed || statement.noise || copied || general)) {
      tie = cites
        ? 1
        : (statement.boilerplate ? 0.5 : 1) * Math.max(tieOf(statement, subject, topic), carry > 0 ? 0.8 : 0);
    }
    if (statement.words < 3 && !cites && !/`[^`]+`/.test(statement.text)) tie = 0;
    carry = cites ? Math.max(2, carry - 1) : Math.max(0, carry - 1);
    if (tie === 0) {
      idle += statement.words;
      continue;
    }
    const value =
      tie *
      Math.min(1, statement.words / (taskType === "general" ? SHORT_SENTENCE : FULL_SENTENCE)) *
      (HEDGE.test(statement.text) ? 0.45 : 1);
    result.counted.push({ statement, value, cites: cites && statement.words >= 5, citesLine });
    result.weight += value;
  }
  result.filler = all === 0 ? 1 : idle / all;
  return result;
}

function tieOf(statement: Statement, subject: Subject, topic: ReadonlyMap<string, number> | null): number {
  // All of the code was handed in: a statement about a name it does not have is about some other code.
  const strange = subject.size > 0 && strangeTo(statement, subject) ? 0.2 : 1;
  let shared = 0;
  for (const stem of statement.stems) if (subject.focus.has(stem)) shared += stemWeight(stem);
  if (shared >= 0.6 || (subject.size > 0 && quotesSource(statement.text, subject.source))) return strange;
  let spoken = 0;
  if (subject.concepts.size > 0) {
    for (const stem of plainStems(statement.text)) if (subject.concepts.has(stem)) spoken++;
  }
  for (const word of rawWords(statement.text)) {
    if (looksLikeIdentifier(word) && subject.names.has(word.toLowerCase())) return 1;
  }
  let best = 0;
  if (topic) {
    for (const stem of statement.stems) best = Math.max(best, topic.get(stem) ?? 0);
    // Where there is no code to compare with, a name or a place in code marks still says more than a generality.
    if (subject.names.size === 0 && /`[^`\n]{3,}`|[\w-]\/[\w./-]+\.\w{1,4}\b/.test(statement.text))
      best = Math.max(best, 0.8);
    return best;
  }
  if (subject.focus.size > 0) return strange * Math.min(0.8, 0.5 * spoken);
  let known = 0;
  for (const stem of statement.stems)
    if (subject.context.has(stem) || subject.asked.has(stem)) known += stemWeight(stem);
  return known >= 2.5 ? 0.8 : known >= 1.2 ? 0.4 : 0;
}

/** Something in code marks or quotes that stands in the code, word for word: `y=1.05`, 'groupSet'. */
function quotesSource(text: string, source: string): boolean {
  for (const span of text.matchAll(/`([^`\n]{2,200})`|(?<![\p{L}])'([^'\n]{3,100})'(?![\p{L}])|"([^"\n]{3,100})"/gu)) {
    const quoted = squeeze(span[1] ?? span[2] ?? span[3] ?? "");
    if (quoted.length > 1 && source.includes(quoted)) return true;
  }
  return false;
}

function strangeTo(statement: Statement, subject: Subject): boolean {
  return namesUsed([statement.text], subject).unknown.size > 0;
}

/** The words of the request, and those the output itself keeps using beside them. */
function widenTopic(statements: readonly Statement[], subject: Subject): Map<string, number> {
  const topic = new Map<string, number>();
  for (const stem of subject.asked) topic.set(stem, 1);
  const beside = new Map<string, number>();
  for (const statement of statements) {
    if (statement.repeated || statement.addressed || statement.noise) continue;
    let asked = false;
    for (const stem of statement.stems) if (subject.asked.has(stem)) asked = true;
    if (asked) for (const stem of statement.stems) beside.set(stem, (beside.get(stem) ?? 0) + 1);
  }
  for (const [stem, times] of beside) {
    if (!topic.has(stem) && stemWeight(stem) >= 0.8) topic.set(stem, times >= 2 ? 0.8 : 0.5);
  }
  return topic;
}
