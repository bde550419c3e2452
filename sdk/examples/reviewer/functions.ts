export type FunctionRange = {
  /** Empty for one without a name. */
  name: string;
  parameters: string[];
  async: boolean;
  /** First and last line, from 1. */
  start: number;
  end: number;
};

const NAMED =
  /(?:(async)\s+)?function\s*\*?\s*([\w$]*)\s*(?:<[^>(]*>)?\(|(?:const|let|var)\s+([\w$]+)[^=\n;]*=\s*(async\s+)?(?:\(|[\w$]+\s*=>)|(async\s+)?\(([^()]*(?:\([^()]*\)[^()]*)*)\)\s*(?::[^={;]+)?=>\s*\{|^[ \t]+(?:(?:public|private|protected|static|override)\s+)*(async\s+)?(?!if\b|for\b|while\b|switch\b|catch\b|return\b|function\b)([\w$#]+)\s*(?:<[^>(]*>)?\(([^()\n]*(?:\([^()]*\)[^()\n]*)*)\)\s*(?::[^={;\n]+)?\{/gm;

/** Functions with a body in braces, found in code whose strings and comments are blanked. */
export function javaScriptFunctions(code: string): FunctionRange[] {
  const found: FunctionRange[] = [];
  const starts = lineStarts(code);
  for (const match of code.matchAll(NAMED)) {
    const name = match[2] || match[3] || match[8] || "";
    const open = bodyAfter(code, match.index, match[0]);
    if (open === undefined) continue;
    const header = code.slice(match.index, open);
    const end = matching(code, open);
    const range = {
      name,
      parameters: parametersOf(header),
      async: /\basync\b/.test(header),
      start: lineOf(starts, match.index + leading(match[0])),
      end: lineOf(starts, end),
    };
    if (!found.some((f) => f.start === range.start && f.end === range.end)) found.push(range);
  }
  return found;
}

/** Where the body's brace is, skipping the parameter list with its defaults and types; undefined for `x => value`. */
function bodyAfter(code: string, start: number, matched: string): number | undefined {
  const openParen = code.indexOf("(", start);
  const arrow = /[\w$]+\s*=>$/.test(matched);
  let at = arrow ? start + matched.length : closeParen(code, openParen) + 1;
  const rest = code.slice(at, at + 300);
  const head = /^\s*(?::[^={};]*(?:\{[^{}]*\}[^={};]*)*?)?\s*(?:=>)?\s*\{/.exec(rest);
  if (!head) return undefined;
  // A variable that is set to a parenthesis is only a function when an arrow follows.
  if (/^(?:const|let|var)/.test(matched.trim()) && !arrow && !head[0].includes("=>")) return undefined;
  at += head[0].length - 1;
  return at;
}

function closeParen(code: string, open: number): number {
  let depth = 0;
  for (let i = open; i >= 0 && i < code.length; i += 1) {
    if (code[i] === "(") depth += 1;
    else if (code[i] === ")" && --depth === 0) return i;
  }
  return code.length;
}

function matching(code: string, open: number): number {
  let depth = 0;
  for (let i = open; i < code.length; i += 1) {
    if (code[i] === "{") depth += 1;
    else if (code[i] === "}" && --depth === 0) return i;
  }
  return code.length - 1;
}

/** Functions by their indentation. */
export function pythonFunctions(code: string): FunctionRange[] {
  const lines = code.split("\n");
  const found: FunctionRange[] = [];
  for (const [index, line] of lines.entries()) {
    const head = /^(\s*)(async\s+)?def\s+(\w+)\s*\(([^)]*)/.exec(line);
    if (!head) continue;
    const indent = (head[1] ?? "").length;
    let end = index;
    let inHeader = !/:\s*$/.test(line);
    for (let i = index + 1; i < lines.length; i += 1) {
      const text = lines[i] ?? "";
      if (text.trim() === "") continue;
      if (inHeader) inHeader = !/:\s*$/.test(text);
      else if ((/^\s*/.exec(text)?.[0].length ?? 0) <= indent) break;
      end = i;
    }
    found.push({
      name: head[3] ?? "",
      parameters: namesIn(head[4] ?? ""),
      async: head[2] !== undefined,
      start: index + 1,
      end: end + 1,
    });
  }
  return found;
}

function parametersOf(header: string): string[] {
  const open = header.indexOf("(");
  if (open < 0) return namesIn(/([\w$]+)\s*=>/.exec(header)?.[1] ?? "");
  return namesIn(header.slice(open + 1, header.lastIndexOf(")")));
}

function namesIn(list: string): string[] {
  return list
    .split(",")
    .map((part) => /^[\s{[.*]*([\w$]+)/.exec(part)?.[1] ?? "")
    .filter((name) => name !== "");
}

function leading(text: string): number {
  return text.length - text.trimStart().length;
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let i = text.indexOf("\n"); i >= 0; i = text.indexOf("\n", i + 1)) starts.push(i + 1);
  return starts;
}

function lineOf(starts: number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low + 1;
}
