import type { Fence } from "./read-output.ts";

const PROPOSAL =
  /\b(?:fix(?:ed|es)?|suggest(?:ed|ion)?|recommend(?:ed|ation)?|propos(?:e|ed|al)|should|could|would|instead|after|better|improved?|replace|change (?:it |this )?to|rewrite|refactor(?:ed)?|use|using|try|add|new|create|example|e\.g|patch(?:ed)?|solution|correct(?:ed)?|safer?|remediation|consider|like (?:this|so)|becomes?|updated?|expected|output|usage|run|install)\b|✅|→/i;
const QUOTATION =
  /\b(?:current(?:ly)?|existing|as is|as it stands|before|vulnerable|problematic|offending|affected|original|today|reads|says|contains|here is what|the code (?:in|at|is)|the line|evidence|snippet|from|excerpt|quoted?|found|looks like|defined as|implemented as|at present|bad|buggy|actual)\b|❌/i;

/** What programs print, shown as evidence: a session, a log, a stack trace. */
const SESSION = /^(?:console|terminal|output|log|shell-?session|stdout|stderr|http)\b/i;
const PROMPT = /^\s{0,8}(?:\$|>>>) \S/;
const TRACE =
  /^\s{0,8}(?:Traceback \(most recent call last\)|(?:Uncaught |Caused by: )?[\w.]{0,80}(?:Error|Exception):|at \S.{0,200}:\d+\)?$|panic: )/;

/** A piece of code the output gives as standing in the repository. */
export type Quotation = { lines: string[]; at: number; text: string };

/**
 * Does a fenced block quote the repository, or propose a change? The last words before it decide; a block without such
 * words is taken for a proposal, because a fix must never be called an invention.
 */
export function quotationOf(fence: Fence): Quotation | null {
  if (isDiff(fence) || isPrinted(fence)) return null;
  const lead = fence.intro.split("\n").at(-1) ?? "";
  const own = fence.lines[0] ?? "";
  const label = /^\s*(?:\/\/|#|--|\/\*|<!--)\s*(.{0,80})/.exec(own)?.[1] ?? "";
  const words = lead.length > 300 ? lead.slice(-300) : lead;
  const proposes =
    PROPOSAL.test(words) ||
    /\b(?:fix|after|suggested|proposed|good|better|improved|new)\b|✅/i.test(label) ||
    /\bfix|recommend|suggest|after\b/i.test(fence.heading);
  const quotes = QUOTATION.test(words) || /\b(?:before|current|existing|bad|vulnerable|original)\b|❌/i.test(label);
  if (!quotes || proposes) return null;
  return { lines: comparable(fence.lines), at: fence.at, text: fence.lines.slice(0, 3).join("\n") };
}

function isPrinted({ info, lines }: Fence): boolean {
  return SESSION.test(info.trim()) || PROMPT.test(lines[0] ?? "") || lines.some((line) => TRACE.test(line));
}

export function isDiff(fence: Fence): boolean {
  if (/^(?:diff|patch|udiff)\b/i.test(fence.info.trim())) return true;
  return (
    fence.lines.some((line) => /^@@ -\d+(?:,\d+)? \+\d+/.test(line)) ||
    (/^--- \S/.test(fence.lines[0] ?? "") && /^\+\+\+ \S/.test(fence.lines[1] ?? ""))
  );
}

/** A line's number, and its file's name, as `cat -n`, `grep -n` and viewers put them before it. */
const GUTTER = /^\s{0,20}(?:[\w./\\-]{1,200}:(?=\d))?\d{1,7}(?:\s{0,4}[:|│→-]|\s{2}|\t)/;
/** Remarks of the seller's, and comments that stand for left-out code. */
const REMARK = /\s(?:\/\/|#|←|<-{1,3}|<={2,3})\s.*$|^\s*(?:\/\/|#)\s.*$/;

/** Lines worth comparing: without white space, numbers, remarks, brackets alone and what is abbreviated. */
export function comparable(lines: readonly string[]): string[] {
  const kept: string[] = [];
  for (const line of lines) {
    if (/\.\.\.|…/.test(line)) continue;
    const squeezed = squeeze(line.replace(GUTTER, "").replace(REMARK, ""));
    if (squeezed.length >= 6 && /[\p{L}\p{N}]{3}/u.test(squeezed)) kept.push(squeezed);
  }
  return kept;
}

/** White space and quote style do not make a quotation wrong. */
export function squeeze(text: string): string {
  return text.replace(/[\s"'`]+/g, "").replace(/;$/, "");
}

export type DiffFile = {
  oldPath: string | null;
  newPath: string | null;
  kept: string[];
  added: string[];
  isNew: boolean;
};

/** Reads a unified diff, leniently: models get hunk numbers wrong, file names and removed lines decide. */
export function readDiff(lines: readonly string[]): DiffFile[] {
  const files: DiffFile[] = [];
  let file: DiffFile | null = null;
  let inHunk = false;
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? "";
    const next = lines[i + 1] ?? "";
    if (/^--- \S/.test(line) && /^\+\+\+ \S/.test(next)) {
      file = { oldPath: diffPath(line), newPath: diffPath(next), kept: [], added: [], isNew: diffPath(line) === null };
      files.push(file);
      inHunk = false;
      i++;
    } else if (/^@@ -/.test(line)) {
      inHunk = true;
      if (file && /^@@ -0,0 /.test(line)) file.isNew = true;
    } else if (
      /^(?:diff --git |index [0-9a-f]|new file mode|deleted file mode|similarity|rename |\\ No newline)/.test(line)
    ) {
      if (line.startsWith("diff --git ")) inHunk = false;
    } else if (file && inHunk) {
      if (line.startsWith("+")) file.added.push(line.slice(1));
      else if (line.startsWith("-")) file.kept.push(line.slice(1));
      else if (line.startsWith(" ")) file.kept.push(line.slice(1));
    }
  }
  return files;
}

function diffPath(line: string): string | null {
  const path = line.slice(4).split("\t")[0]?.trim() ?? "";
  if (path === "/dev/null") return null;
  return unquote(path).replace(/^[abiwco]\//, "");
}

/** Git puts a path with anything but printable ASCII in quotes, its bytes written as in C. */
function unquote(path: string): string {
  if (path.length < 2 || !path.startsWith('"') || !path.endsWith('"')) return path;
  const written = path.slice(1, -1);
  const plain = written.replace(/\\([0-7]{3}|.)/g, (_, code: string) =>
    code.length === 3 ? String.fromCharCode(Number.parseInt(code, 8) & 255) : code,
  );
  return /^[ -~]*$/.test(written) ? Buffer.from(plain, "latin1").toString() : plain;
}
