/** How sure the wording is that a file of the repository is meant. */
type Setting = "code" | "link" | "prose" | "fence";

export type PathToken = {
  /** As the tree would name it: no `./`, no sandbox prefix, no line suffix. */
  path: string;
  raw: string;
  start: number;
  end: number;
  /** Numbers written into the token itself: `a.ts:3-9`, `a.ts#L3`, `a.ts(3,1)`. */
  lines: number[];
  setting: Setting;
};

const URL = /(?:\b(?!file:)[a-z][a-z0-9+.-]{1,20}:\/\/|\bwww\.|\bmailto:)[^\s<>"'`)\]]*/giu;
const EMAIL = /[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]{1,63}/gu;
const CODE_SPAN = /(`{1,3})([^`\n]{1,400})\1/g;
const LINK = /\]\(\s*<?([^\s()<>]{1,300}(?:\([^\s()<>]{1,80}\)[^\s()<>]{0,200}){0,4})>?(?:\s+"[^"\n]{0,200}")?\s*\)/g;
const TOKEN = /(?:\{[^\s{}"'`]{1,120}\}|[^\s,;"'`|<>«»“”‘’→⇒]|,(?=\d{1,5}\)))+/g;

const BARE_NAME =
  /^\W{0,3}(?:Dockerfile|Makefile|Gemfile|Procfile|Jenkinsfile|Rakefile|LICENSE|README|CODEOWNERS)(?:\W.{0,40})?$/;

/** Finds everything in a text that has the shape of a path, each once, in order. Linear in the text. */
export function findPathTokens(text: string, fence = false): PathToken[] {
  const tokens: PathToken[] = [];
  const blank = (from: string): string => " ".repeat(from.length);
  let rest = /:\/\/|www\.|mailto:/i.test(text) ? text.replace(URL, blank) : text;
  if (rest.includes("@")) rest = rest.replace(EMAIL, blank);
  rest = rest.replace(LINK, (whole: string, target: string, at: number) => {
    const start = at + whole.indexOf(target);
    const token = readToken(decodeLink(target), start, start + target.length, "link");
    if (token) tokens.push(token);
    return blank(whole);
  });
  rest = rest.replace(CODE_SPAN, (whole: string, mark: string, body: string, at: number) => {
    const start = at + mark.length;
    if (!fence) tokens.push(...tokensOf(body, start, "code"));
    return fence ? whole : blank(whole);
  });
  tokens.push(...tokensOf(rest, 0, fence ? "fence" : "prose"));
  return tokens.sort((a, b) => a.start - b.start);
}

function decodeLink(target: string): string {
  try {
    return decodeURIComponent(target);
  } catch {
    return target;
  }
}

function tokensOf(text: string, offset: number, setting: Setting): PathToken[] {
  const found: PathToken[] = [];
  for (const match of text.matchAll(TOKEN)) {
    if (match[0].length > 400 || !(/[./\\:]|#L/.test(match[0]) || BARE_NAME.test(match[0]))) continue;
    const [lead, body] = trimToken(match[0]);
    const start = offset + match.index + lead;
    const token = readToken(body, start, start + body.length, setting);
    if (token) found.push(token);
  }
  return found;
}

/** Cuts the punctuation that belongs to the sentence; brackets stay where they close inside (`app/(auth)/page.tsx`). */
function trimToken(token: string): [number, string] {
  let from = 0;
  let to = token.length;
  for (let changed = true; changed && from < to; ) {
    changed = false;
    const first = token[from] ?? "";
    const last = token[to - 1] ?? "";
    const body = token.slice(from, to);
    if (/[*_~=→–—]/.test(first) && first !== "_" ? !body.startsWith("~/") : false) changed = Boolean(++from);
    else if (first === "_" && last === "_" && body.length > 2) changed = Boolean(++from && --to);
    else if ("([{".includes(first) && !closesInside(body, first)) changed = Boolean(++from);
    else if (/[.:!?*…–—=~]/.test(last) && !(last === "*" && body.includes("/*"))) changed = Boolean(--to);
    else if (")]}".includes(last) && !opensInside(body, last)) changed = Boolean(--to);
  }
  return [from, token.slice(from, to)];
}

const PAIRS: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}", ")": "(", "]": "[", "}": "{" };

/** Does the bracket that opens the body close again before its end, inside the path? */
function closesInside(body: string, open: string): boolean {
  const shut = PAIRS[open] ?? "";
  let depth = 0;
  for (let i = 0; i < body.length; i++) {
    if (body[i] === open) depth++;
    else if (body[i] === shut && --depth === 0) return i < body.length - 1 && /[/.]/.test(body[i + 1] ?? "");
  }
  return false;
}

function opensInside(body: string, close: string): boolean {
  return body.split(PAIRS[close] ?? "").length >= body.split(close).length;
}

const LINE_SUFFIX =
  /(?::L?(\d{1,7})(?::\d{1,5})?(?:[-–—]L?(\d{1,7})(?::\d{1,5})?)?|#L(\d{1,7})(?:C\d{1,5})?(?:[-–—]L?(\d{1,7})(?:C\d{1,5})?)?|\((\d{1,7})(?:,\d{1,5})?\))$/;
const SANDBOX_PREFIX = /^(?:\/home\/user\/repo|\/workspace|\/repo|\/code|\/usr\/src\/app|\/github\/workspace|\.)\//;

function readToken(raw: string, start: number, end: number, setting: Setting): PathToken | null {
  const lines: number[] = [];
  let path = raw
    .replaceAll("\\", "/")
    .replace(/^file:\/\/\/?(?=[A-Za-z]:|home\/)/, "/")
    .replace(/^file:(?:\/\/)?/, "");
  if (!LINE_SUFFIX.test(path)) {
    // A test's id (`a.py::test_x`) names the file before it.
    path = path.replace(/::?[\p{L}_][\p{L}\p{N}_.:[\]-]*(?:\(\))?$/u, "");
  }
  const suffix = LINE_SUFFIX.exec(path);
  if (suffix) {
    path = path.slice(0, suffix.index);
    for (const number of suffix.slice(1)) if (number !== undefined) lines.push(Number(number));
  }
  path = path.replace(/(\.\p{L}{1,6})#[\w-]+$/u, "$1").replace(/:+$/, "");
  while (SANDBOX_PREFIX.test(path)) path = path.replace(SANDBOX_PREFIX, "");
  if (path.length < 2 || path.length > 300 || !/[\p{L}\p{N}]/u.test(path)) return null;
  return { path, raw, start, end, lines, setting };
}
