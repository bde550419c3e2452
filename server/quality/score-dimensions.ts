import type { CheckedReferences } from "./check-references.ts";
import { plainStems } from "./concepts.ts";
import { domainTermsUsed } from "./domain-terms.ts";
import type { Findings } from "./findings.ts";
import type { DeliveredCode } from "./patch-quality.ts";
import type { ReadOutput } from "./read-output.ts";
import { namesUsed, type Subject, sharedWeight } from "./subject.ts";
import type { Manner } from "./weights.ts";

/** Everything the dimensions look at, computed once. */
export type Evidence = {
  manner: Manner;
  taskType: string;
  description: string;
  read: ReadOutput;
  refs: CheckedReferences | null;
  findings: Findings;
  subject: Subject;
  code: DeliveredCode;
  hidden: number;
};

/** A share of the dimension's points between 0 and 1, with what a seller should know about it. */
export type Part = { share: number; reasons: string[] };

/** Grows fast at first and never past 1: the tenth finding earns less than the first. */
function saturate(amount: number, scale: number): number {
  return amount <= 0 ? 0 : 1 - Math.exp(-amount / scale);
}

function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}

/** How much there is that counts, against how much the task gives reason to say. */
export function substance(e: Evidence): Part {
  const { findings, code, manner } = e;
  const text = `${count(findings.counted.length, "statement")} tied to the task`;
  if (manner === "change") {
    // One right line can be the whole fix: being there counts half, its size the rest.
    const amount =
      (code.lines > 0 ? 0.5 + 0.5 * saturate(code.lines, 4) : 0) *
      code.soundness *
      (code.from === "patch" || !e.refs ? 1 : 0.8);
    const told = saturate(findings.weight, 1);
    const reasons = [
      ...code.reasons,
      `${count(code.lines, "line")} of change ${code.from === "patch" ? "in the sandbox" : "in the text"}; ${text}.`,
    ];
    return { share: 0.75 * amount + 0.25 * told, reasons };
  }
  const scale = e.taskType === "general" ? 1.2 : manner === "text" ? 4 : reviewScale(e);
  const reasons = [`${text}.`];
  if (findings.copied > 0)
    reasons.push(`${count(findings.copied, "statement")} copied from the task or its code earn nothing.`);
  return { share: saturate(findings.weight, scale), reasons };
}

/** A small diff gives reason for one remark, a repository for several. */
function reviewScale({ subject, refs }: Evidence): number {
  return subject.size > 0 && !refs?.files.length ? Math.min(2.5, Math.max(1, subject.size / 8)) : 1.8;
}

/** Does the output speak about what was asked, and about the code handed in? */
export function relevance(e: Evidence): Part {
  const { findings, subject, code } = e;
  const said = new Set<string>(e.manner === "change" ? code.stems : []);
  for (const { statement } of findings.counted) for (const stem of statement.stems) said.add(stem);
  const asked = sharedWeight(subject.asked, said);
  const answered = asked.total < 1.5 ? 1 : Math.min(1, asked.hit / Math.min(Math.max(asked.total * 0.6, 1), 6));
  const tied = saturate(findings.weight, 2);
  const purity = purityOf(findings);
  const reasons: string[] = [`Takes up ${Math.round(answered * 100)} % of what the description asks about.`];
  if (findings.filler > 0.5)
    reasons.push(`${Math.round(findings.filler * 100)} % of the words are not tied to the task.`);
  if (subject.focus.size > 0 && e.manner === "review") {
    const focus = sharedWeight(subject.focus, said);
    const spoken = plainStems(findings.counted.map((one) => one.statement.text).join("\n"));
    let kinds = 0;
    for (const stem of spoken) if (subject.concepts.has(stem)) kinds++;
    const used = namesUsed([[...findings.counted].map((one) => one.statement.text).join("\n")], subject);
    const strange = used.unknown.size / (used.unknown.size + used.known.size || 1);
    const covered =
      (1 - 0.6 * strange) * saturate((focus.hit + 0.8 * Math.min(4, kinds)) / Math.sqrt(focus.total + 2), 0.8);
    reasons.push(
      `Speaks to ${Math.round((100 * focus.hit) / Math.max(focus.total, 1))} % of the words of the code handed in.`,
    );
    return { share: (0.9 * covered + 0.1 * answered * tied) * purity, reasons };
  }
  if (e.manner === "review" && !e.refs) return { share: (0.4 * answered + 0.6) * tied * purity, reasons };
  if (e.manner === "review") {
    const citing = saturate(findings.counted.filter((one) => one.cites).length, 1.5);
    const text = findings.counted.map((one) => one.statement.text).join("\n");
    const terms = saturate(domainTermsUsed(e.description, e.taskType, text), 2.5);
    return { share: (0.4 * Math.max(answered, terms) * tied + 0.6 * Math.max(citing, 0.5 * tied)) * purity, reasons };
  }
  return {
    share: answered * (0.4 + 0.6 * (e.manner === "change" ? Math.max(tied, code.lines > 0 ? 0.8 : 0) : tied)) * purity,
    reasons,
  };
}

/** Files, lines and names, instead of generalities. */
export function specificity(e: Evidence): Part {
  const { findings, refs, subject, code } = e;
  const used = namesUsed(
    findings.counted.map((one) => one.statement.text),
    subject,
  );
  const files = findings.counted.filter((one) => one.cites).length;
  const lines = findings.counted.filter((one) => one.citesLine).length;
  // Names of code can only be called unknown where all of the code was handed in.
  const unknown = subject.size > 0 ? used.unknown.size : 0;
  const names = saturate(used.known.size, 6) * (used.known.size / (used.known.size + unknown || 1));
  const reasons: string[] = [];
  if (refs) reasons.push(`${count(files, "statement")} with a file that exists, ${lines} with a line.`);
  if (used.known.size > 0) reasons.push(`Uses ${count(used.known.size, "name")} of the code.`);
  if (unknown > 0) reasons.push(`Speaks of names the code does not have: ${[...used.unknown].slice(0, 5).join(", ")}.`);
  if (e.manner === "text") {
    const concrete = findings.counted.filter((one) =>
      /\d|`[^`]+`|\p{Lu}\p{L}{1,60}\s{1,10}\p{Lu}/u.test(one.statement.text),
    ).length;
    reasons.push(`${count(concrete, "statement")} with a figure or a name.`);
    return { share: refs ? 0.5 * saturate(concrete, 3) + 0.5 * saturate(files, 2) : saturate(concrete, 3), reasons };
  }
  const whole =
    e.manner === "change" ? Math.max(saturate(code.files.length, 1), saturate(files, 1.5)) : saturate(files, 2);
  if (!refs)
    return {
      share: Math.max(
        0,
        0.4 * saturate(code.lines, 4) + 0.6 * Math.max(names, e.subject.names.size > 0 ? 0 : saturate(files, 2)),
      ),
      reasons,
    };
  if (subject.size > 0 && files === 0) return { share: Math.max(0, 0.6 * names), reasons };
  return { share: 0.35 * whole + 0.35 * saturate(lines, 2) + 0.3 * names, reasons };
}

/** Of what can be checked against the repository, how much holds. */
export function references(e: Evidence): Part {
  const { refs, code } = e;
  if (!refs) return { share: 0, reasons: [] };
  const reasons = [`${refs.confirmed} of ${count(refs.checked, "reference")} hold.`];
  for (const one of refs.invented.slice(0, 20)) reasons.push(`Not found: ${one.kind} ${one.text}. ${one.why}`);
  if (refs.created.length > 0) reasons.push(`Made or proposed by the seller: ${refs.created.slice(0, 10).join(", ")}.`);
  const touched = e.manner === "change" && code.from === "patch" ? code.files.length : 0;
  const holding = refs.confirmed + touched;
  if (holding === 0) return { share: 0, reasons };
  const honest = holding / (holding + 2 * refs.invented.length);
  return { share: honest * saturate(holding, 1), reasons };
}

const SEVERITY =
  /\b(?:critical|high|medium|low|major|minor|blocker|severity|info(?:rmational)?|warning|priority|p[0-4]|important|nit)\b/i;

/** Headings, lists and severities, where something stands under them. */
export function structure(e: Evidence): Part {
  const { read, findings } = e;
  if (findings.counted.length === 0 && e.code.lines === 0) return { share: 0, reasons: ["No statement to order."] };
  const lines = new Map(read.prose.map((line) => [line.at, line]));
  const starts = [...lines.keys()].sort((a, b) => a - b);
  const headings = new Set<string>();
  const items = new Set<number>();
  const severities = new Map<(typeof read.prose)[number], boolean>();
  let severe = 0;
  let cursor = 0;
  for (const { statement } of findings.counted) {
    while ((starts[cursor + 1] ?? Number.POSITIVE_INFINITY) <= statement.start) cursor++;
    const line = lines.get(starts[cursor] ?? -1);
    if (!line) continue;
    if (line.heading) headings.add(line.heading);
    if (line.kind === "item" || line.kind === "row") items.add(line.at);
    // Asked once a line: a hundred thousand statements may stand on one.
    if (!severities.has(line)) severities.set(line, SEVERITY.test(line.text) || SEVERITY.test(line.heading));
    if (severities.get(line)) severe++;
  }
  const reasons = [`${count(headings.size, "heading")} and ${count(items.size, "list item")} with content under them.`];
  const head = Math.min(1, headings.size / 2);
  const list = Math.min(1, items.size / 3);
  const blocks = Math.min(1, read.fences.length);
  if (e.manner === "review") {
    if (severe === 0) reasons.push("No finding carries a severity.");
    return { share: 0.35 * head + 0.2 * list + 0.3 * Math.min(1, severe / 2) + 0.15 * blocks, reasons };
  }
  const paragraphs = Math.min(1, findings.counted.length / (e.taskType === "general" ? 2 : 5));
  if (e.taskType === "general") return { share: 0.7 * paragraphs + 0.3 * Math.max(head, list), reasons };
  if (e.manner === "change") return { share: 0.4 + 0.3 * Math.max(head, list) + 0.3 * paragraphs, reasons };
  return { share: 0.4 * head + 0.25 * Math.max(list, blocks) + 0.35 * paragraphs, reasons };
}

/** Written for this task, or for any: templates, repetition, filler, words to the judge. */
export function originality(e: Evidence): Part {
  const { findings } = e;
  const reasons: string[] = [];
  if (findings.repeated > 0) reasons.push(`${count(findings.repeated, "statement")} repeated.`);
  if (findings.boilerplate > 0)
    reasons.push(`${count(findings.boilerplate, "statement")} that would fit any repository.`);
  if (findings.addressed > 0)
    reasons.push(`${count(findings.addressed, "statement")} addressed to the judge; not counted.`);
  if (e.hidden > 0) reasons.push(`${count(e.hidden, "invisible character")} removed.`);
  const present =
    e.manner === "change"
      ? Math.max(saturate(findings.weight, 1), e.code.lines > 0 ? 0.7 * e.code.soundness : 0)
      : saturate(findings.weight, 1.5);
  const stained = findings.boilerplate + findings.repeated + 2 * findings.addressed;
  const clean = findings.counted.length / (findings.counted.length + stained || 1);
  const own = e.manner === "change" && e.code.lines > 0 ? Math.max(clean, stained === 0 ? 1 : 0) : clean;
  if (reasons.length === 0) reasons.push("No template, repetition or filler found.");
  return { share: present * own * purityOf(findings) * (e.hidden > 20 ? 0.5 : 1), reasons };
}

/** 1 as long as at least half of the words count; falls to 0.1 where nearly none do. Padding lands here. */
function purityOf(findings: Findings): number {
  return Math.max(0.1, 1 - Math.max(0, findings.filler - 0.5) * 1.8);
}
