import type { CheckedReferences } from "./check-references.ts";
import { plainStems } from "./concepts.ts";
import { squeeze } from "./quoted-code.ts";
import type { SearchedText } from "./searched-text.ts";
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
const MARKED = /`[^`\n]{3,}`|[\w-]\/[\w./-]+\.\w{1,4}\b/;
const FULL_SENTENCE = 18;
/** A general task may be answered in a line. */
const SHORT_SENTENCE = 8;

/** Further than this into a statement no place or name is looked for. */
const MAX_LOOK = 1_000;
/** A heading that names a place is half a finding already ("## High: SQL injection in `src/a.ts:4`"). */
const HEADING_VALUE = 0.4;
/** So many statements below a heading stand for it, by what it says; fewer where only the document's title is on the topic. */
const BELOW_PLACE = 3;
const BELOW_TOPIC = 4;
const BELOW_TITLE = 3;
/** What follows a statement with a place speaks of that place still, for so long and as much. */
const AFTER_PLACE = 2;
const CARRIED = 0.8;
const HEDGED = 0.45;

type Topic = ReadonlyMap<string, number> | null;
type Cited = { cites: boolean; citesLine: boolean };

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
  for (const [statement, cited] of withPlaces(statements, refs, subject)) {
    const { cites } = cited;
    if (statement.heading) {
      carry = statementsBelow(statement, cites, topic, subject);
      if (cites && statement.words >= 4 && !statement.addressed)
        result.counted.push({ statement, value: HEADING_VALUE, ...cited });
      continue;
    }
    const copied = isCopied(statement, subject);
    // "Severity: high" and a table's cells are said again by right.
    if (statement.repeated && statement.words > 2) result.repeated++;
    if (statement.addressed) result.addressed++;
    if (copied) result.copied++;
    if (statement.boilerplate && !cites) result.boilerplate++;
    const tie = copied ? 0 : tieOf(statement, cites, carry > 0, subject, topic);
    carry = Math.max(cites ? AFTER_PLACE : 0, carry - 1);
    all += statement.words;
    if (tie === 0) idle += statement.words;
    else {
      const full = Math.min(1, statement.words / (taskType === "general" ? SHORT_SENTENCE : FULL_SENTENCE));
      const value = tie * full * (HEDGE.test(statement.text) ? HEDGED : 1);
      result.counted.push({ ...cited, statement, value, cites: cites && statement.words >= 5 });
    }
  }
  for (const { value } of result.counted) result.weight += value;
  result.filler = all === 0 ? 1 : idle / all;
  return result;
}

/** Each statement with what it cites: the references that hold and stand in it. */
function* withPlaces(
  statements: readonly Statement[],
  refs: CheckedReferences | null,
  subject: Subject,
): Generator<[Statement, Cited]> {
  const places = refs?.places ?? [];
  let next = 0;
  for (const statement of statements) {
    // With no repository to ask, a place named in the usual form still says more than a generality.
    const cited = {
      cites: !refs && subject.names.size === 0 && PLACE.test(statement.text.slice(0, MAX_LOOK)),
      citesLine: false,
    };
    for (let place = places[next]; place && place.at < statement.end; place = places[++next]) {
      if (place.at < statement.start) continue;
      cited.cites = true;
      if (place.kind === "line") cited.citesLine = true;
    }
    yield [statement, cited];
  }
}

function statementsBelow(heading: Statement, cites: boolean, topic: Topic, subject: Subject): number {
  if (cites) return BELOW_PLACE;
  if (!topic) return 0;
  if ([...heading.stems].some((stem) => topic.has(stem))) return BELOW_TOPIC;
  return [...stemsOf(heading.section)].some((stem) => subject.asked.has(stem)) ? BELOW_TITLE : 0;
}

/** Nothing but the task's own words and code. What is made of so many of its pieces that looking took too long is, too. */
function isCopied({ text, words }: Statement, subject: Subject): boolean {
  return words >= 6 && subject.source.has(squeeze(text.replace(/^[\s>*+-]+/, ""))) !== false;
}

/** How much a statement has to do with the task: 0 is not at all, 1 is for certain. */
function tieOf(statement: Statement, cites: boolean, carried: boolean, subject: Subject, topic: Topic): number {
  if (statement.repeated || statement.addressed || statement.noise) return 0;
  if (cites) return 1;
  if (statement.words < 3 && !/`[^`]+`/.test(statement.text)) return 0;
  if (statement.boilerplate && subject.focus.size === 0) return 0;
  return (statement.boilerplate ? 0.5 : 1) * Math.max(tieByWords(statement, subject, topic), carried ? CARRIED : 0);
}

function tieByWords(statement: Statement, subject: Subject, topic: Topic): number {
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
    if (subject.names.size === 0 && MARKED.test(statement.text.slice(0, MAX_LOOK))) best = Math.max(best, 0.8);
    return best;
  }
  if (subject.focus.size > 0) return strange * Math.min(0.8, 0.5 * spoken);
  let known = 0;
  for (const stem of statement.stems)
    if (subject.context.has(stem) || subject.asked.has(stem)) known += stemWeight(stem);
  return known >= 2.5 ? 0.8 : known >= 1.2 ? 0.4 : 0;
}

/** Something in code marks or quotes that stands in the code, word for word: `y=1.05`, 'groupSet'. */
function quotesSource(text: string, source: SearchedText): boolean {
  for (const span of text.matchAll(/`([^`\n]{2,200})`|(?<![\p{L}])'([^'\n]{3,100})'(?![\p{L}])|"([^"\n]{3,100})"/gu)) {
    const quoted = squeeze(span[1] ?? span[2] ?? span[3] ?? "");
    if (quoted.length > 1 && source.has(quoted)) return true;
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
