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

const BARE = "Dockerfile|Makefile|Gemfile|Procfile|Jenkinsfile|Rakefile|LICENSE|README|CODEOWNERS";
const BARE_NAME = new RegExp(`^\\W{0,3}(?:${BARE})(?:\\W.{0,40})?$`);
/** Most lines hold nothing of the kind, and need not be taken apart. */
const ANY_PATH = new RegExp(`[./\\\\:#]|\\]\\(|${BARE}`);

/** Finds everything in a text that has the shape of a path, each once, in order. Linear in the text. */
export function findPathTokens(text: string, fence = false): PathToken[] {
  if (!ANY_PATH.test(text)) return [];
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
  return tokens.concat(tokensOf(rest, 0, fence ? "fence" : "prose")).sort((a, b) => a.start - b.start);
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
  while (from < to) {
    const body = token.slice(from, to);
    if (body.length > 2 && body.startsWith("_") && body.endsWith("_")) {
      from++;
      to--;
    } else if (leads(body)) from++;
    else if (trails(body)) to--;
    else break;
  }
  return [from, token.slice(from, to)];
}

/** Is the first character the sentence's, not the path's? */
function leads(body: string): boolean {
  const first = body[0] ?? "";
  if (/[*~=→–—]/.test(first)) return !body.startsWith("~/");
  return "([{".includes(first) && !closesInside(body, first);
}

/** Is the last character the sentence's, not the path's? */
function trails(body: string): boolean {
  const last = body.at(-1) ?? "";
  if (last === "*" && body.includes("/*")) return false;
  return /[.:!?*…–—=~]/.test(last) || (")]}".includes(last) && !opensInside(body, last));
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

/** Is each bracket that closes in the body opened in it? */
function opensInside(body: string, close: string): boolean {
  const open = PAIRS[close] ?? "";
  let balance = 0;
  for (const one of body) {
    if (one === open) balance++;
    else if (one === close) balance--;
  }
  return balance >= 0;
}

const LINE_SUFFIX =
  /(?::L?(\d{1,7})(?::\d{1,5})?(?:[-–—]L?(\d{1,7})(?::\d{1,5})?)?|#L(\d{1,7})(?:C\d{1,5})?(?:[-–—]L?(\d{1,7})(?:C\d{1,5})?)?|\((\d{1,7})(?:,\d{1,5})?(?:[-–—](\d{1,7})(?:,\d{1,5})?)?\))$/;
/** All that could belong to the id at the end of a path. */
const TEST_ID = /(?<![\p{L}\p{N}_.:[\]-])[\p{L}\p{N}_.:[\]-]+(?:\(\))?$/u;
const SANDBOX_PREFIX = /^(?:\/home\/user\/repo|\/workspace|\/repo|\/code|\/usr\/src\/app|\/github\/workspace|\.)\//;

function readToken(raw: string, start: number, end: number, setting: Setting): PathToken | null {
  const lines: number[] = [];
  let path = raw
    .replaceAll("\\", "/")
    .replace(/^file:\/\/\/?(?=[A-Za-z]:|home\/)/, "/")
    .replace(/^file:(?:\/\/)?/, "");
  if (!LINE_SUFFIX.test(path)) {
    // A test's id (`a.py::test_x`) names the file before it.
    const from = TEST_ID.exec(path)?.index ?? path.length;
    path = path.slice(0, from) + path.slice(from).replace(/::?[\p{L}_].*$/u, "");
  }
  const suffix = LINE_SUFFIX.exec(path);
  if (suffix) {
    // "**src/a.ts**:3": the emphasis is not the path's.
    path = path.slice(0, suffix.index).replace(/\*{1,3}$/, "");
    for (const number of suffix.slice(1)) if (number !== undefined) lines.push(Number(number));
  }
  path = path.replace(/(\.\p{L}{1,6})#[\w-]+$/u, "$1").replace(/(?<!:):+$/, "");
  while (SANDBOX_PREFIX.test(path)) path = path.replace(SANDBOX_PREFIX, "");
  if (path.length < 2 || path.length > 300 || !/[\p{L}\p{N}]/u.test(path)) return null;
  return { path, raw, start, end, lines, setting };
}
