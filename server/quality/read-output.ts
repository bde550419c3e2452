import { normaliseText } from "./normalise-text.ts";

/** A fenced block with what introduces it: whether a snippet is a quotation or a proposal is said in the words before. */
export type Fence = { info: string; lines: string[]; intro: string; heading: string; at: number };

/** One line outside fences. `heading` is the nearest heading above it (or itself). */
type ProseLine = { text: string; kind: "heading" | "item" | "row" | "plain"; heading: string; at: number };

export type ReadOutput = { text: string; prose: ProseLine[]; fences: Fence[]; headings: string[]; json: boolean };

/** Of a heading, and of what a fence says of itself, this much is read: both are repeated with all that they introduce. */
const MAX_LABEL = 200;

const OPENING = /^\s{0,8}(`{3,}|~{3,})\s*(.*)$/;

/** Splits an output into prose lines and fenced code, in one pass. JSON results are laid out as text first. */
export function readOutput(output: string): ReadOutput {
  const laidOut = layOutJson(output);
  const text = laidOut ?? output;
  const read: ReadOutput = { text, prose: [], fences: [], headings: [], json: laidOut !== null };
  let fence: (Fence & { mark: string }) | null = null;
  let heading = "";
  const stack: { level: number; text: string }[] = [];
  let intro: string[] = [];
  let at = 0;
  for (const line of text.split("\n")) {
    if (fence) {
      if (line.trim().startsWith(fence.mark) && line.trim().replaceAll(fence.mark[0] ?? "`", "") === "") {
        read.fences.push(fence);
        fence = null;
      } else fence.lines.push(line);
    } else {
      const opening = OPENING.exec(line);
      if (opening?.[1] && !(opening[2] ?? "").includes("`")) {
        const info = (opening[2] ?? "").slice(0, MAX_LABEL);
        fence = { mark: opening[1], info, lines: [], intro: intro.join("\n"), heading, at };
        intro = [];
      } else {
        const kind = kindOf(line);
        if (kind === "heading") {
          heading = underHeadings(stack, line);
          read.headings.push(line);
          intro = [];
        }
        if (line.trim() !== "") intro = [...intro.slice(-1), line];
        read.prose.push({ text: line, kind, heading, at });
      }
    }
    at += line.length + 1;
  }
  if (fence) read.fences.push(fence);
  return read;
}

/**
 * The heading with those above it: "## Critical" says the severity of all that stands below its subheadings. The stack
 * keeps each with its own above.
 */
function underHeadings(stack: { level: number; text: string }[], line: string): string {
  const level = /^\s*(#{1,6})\s/.exec(line)?.[1]?.length ?? 7;
  while ((stack.at(-1)?.level ?? 0) >= level) stack.pop();
  const own = line.trim().slice(0, MAX_LABEL);
  const above = stack.at(-1)?.text;
  const text = above === undefined ? own : `${above} / ${own}`;
  stack.push({ level, text });
  return text;
}

function kindOf(line: string): ProseLine["kind"] {
  if (/^\s{0,3}#{1,6}\s+\S/.test(line) || /^\s{0,3}\*\*[^*]{2,100}\*\*:?\s*$/.test(line)) return "heading";
  if (/^\s*(?:[-*+•]|\d{1,3}[.)])\s+\S/.test(line)) return "item";
  if (/^\s*\|.*\|\s*$/.test(line)) return "row";
  return "plain";
}

/** A JSON result as the text a person would write: an object with a file and a line becomes `file:line`. Null if not JSON. */
function layOutJson(output: string): string | null {
  const trimmed = output.trim();
  if (!/^[[{]/.test(trimmed)) return null;
  try {
    const lines: string[] = [];
    layOut(JSON.parse(trimmed), 1, lines);
    // Escapes in its strings may stand for what was taken out of the output before.
    return normaliseText(lines.join("\n")).text;
  } catch {
    return null;
  }
}

const FILE_KEYS = ["file", "path", "filename", "filePath", "file_path", "location"];
const LINE_KEYS = ["line", "lineNumber", "line_number", "startLine", "start_line", "lines"];

function layOut(value: unknown, depth: number, lines: string[]): void {
  if (depth > 12) return;
  if (Array.isArray(value)) {
    const columns = columnsOf(value);
    if (columns) {
      lines.push("", rowOf(columns), ...value.map((entry) => rowOf(columns.map((column) => entry[column]))));
      return;
    }
    for (const entry of value) {
      if (entry !== null && typeof entry === "object") layOut(entry, depth + 1, lines);
      else lines.push(`- ${String(entry)}`);
    }
    return;
  }
  if (value === null || typeof value !== "object") {
    lines.push(String(value));
    return;
  }
  const record = value as Record<string, unknown>;
  const fileKey = FILE_KEYS.find((key) => typeof record[key] === "string");
  const lineKey = LINE_KEYS.find((key) => /^(?:number|string)$/.test(typeof record[key]));
  if (fileKey) lines.push("", `- \`${record[fileKey]}${lineKey ? `:${record[lineKey]}` : ""}\``);
  for (const [key, entry] of Object.entries(record)) {
    if (key === fileKey || (fileKey && key === lineKey)) continue;
    if (entry !== null && typeof entry === "object") {
      lines.push("", `${"#".repeat(Math.min(depth, 6))} ${key}`);
      layOut(entry, depth + 1, lines);
    } else if (typeof entry === "string" && entry.includes("\n")) lines.push(`${key}:`, entry);
    else lines.push(`- ${key}: ${String(entry)}`);
  }
}

const LONGEST_CELL = 80;
type Row = Record<string, unknown>;

/** The keys of a list of records that hold figures, and beside them no more than names: a table. */
function columnsOf(list: readonly unknown[]): string[] | null {
  const [first] = list;
  if (list.length < 2 || !isRecord(first)) return null;
  const columns = Object.keys(first);
  if (columns.length < 2 || FILE_KEYS.some((key) => key in first)) return null;
  if (!Object.values(first).some((cell) => typeof cell === "number")) return null;
  const isRow = (entry: unknown) =>
    isRecord(entry) && columns.every((column) => column in entry) && Object.values(entry).every(isCell);
  return list.every(isRow) ? columns : null;
}

function isRecord(value: unknown): value is Row {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCell(value: unknown): boolean {
  if (typeof value === "string") return value.length <= LONGEST_CELL && !value.includes("\n");
  return value === null || typeof value !== "object";
}

function rowOf(cells: readonly unknown[]): string {
  return `| ${cells.map((cell) => String(cell).replaceAll("|", "/")).join(" | ")} |`;
}
