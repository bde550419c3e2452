/**
 * Two views of a source text, with the same length and lines as the text itself, so that an offset in one is an offset
 * in all: `bare` has its comments blanked, `code` also what stands inside quotation marks.
 */
export type Masked = { bare: string; code: string };

const blank = (text: string) => text.replace(/[^\n]/g, " ");

/** JavaScript and TypeScript. Code inside `${…}` stays code. */
export function maskJavaScript(text: string): Masked {
  let bare = "";
  let code = "";
  let at = 0;
  const templates: number[] = [];
  let depth = 0;
  const take = (end: number, keepBare: boolean, keepCode: boolean) => {
    const part = text.slice(at, end);
    bare += keepBare ? part : blank(part);
    code += keepCode ? part : blank(part);
    at = end;
  };
  const template = () => {
    while (at < text.length) {
      if (text[at] === "\\") take(Math.min(at + 2, text.length), true, false);
      else if (text[at] === "`") return take(at + 1, true, true);
      else if (text.startsWith("${", at)) {
        templates.push(depth);
        depth += 1;
        return take(at + 2, true, true);
      } else take(at + 1, true, false);
    }
  };
  while (at < text.length) {
    const char = text[at] as string;
    if (text.startsWith("//", at)) take(endOf(text, "\n", at), false, false);
    else if (text.startsWith("/*", at)) take(Math.min(endOf(text, "*/", at + 2) + 2, text.length), false, false);
    else if (char === '"' || char === "'") {
      const end = endOfString(text, at + 1, char);
      take(at + 1, true, true);
      take(end, true, false);
      take(Math.min(end + 1, text.length), true, true);
    } else if (char === "`") {
      take(at + 1, true, true);
      template();
    } else if (char === "/" && startsRegExp(code)) take(endOfRegExp(text, at), true, false);
    else if (char === "{") {
      depth += 1;
      take(at + 1, true, true);
    } else if (char === "}") {
      depth -= 1;
      take(at + 1, true, true);
      if (templates.at(-1) === depth) {
        templates.pop();
        template();
      }
    } else take(at + 1, true, true);
  }
  return { bare, code };
}

/** Python: `#` comments, and strings with one or three quotation marks. */
export function maskPython(text: string): Masked {
  let bare = "";
  let code = "";
  let at = 0;
  while (at < text.length) {
    const rest = text.slice(at, at + 3);
    let end = at + 1;
    let kind: "code" | "comment" | "string" = "code";
    if (text[at] === "#") {
      end = endOf(text, "\n", at);
      kind = "comment";
    } else if (rest === '"""' || rest === "'''") {
      end = Math.min(endOf(text, rest, at + 3) + 3, text.length);
      kind = "string";
    } else if (text[at] === '"' || text[at] === "'") {
      end = Math.min(endOfString(text, at + 1, text[at] as string) + 1, text.length);
      kind = "string";
    }
    const part = text.slice(at, end);
    bare += kind === "comment" ? blank(part) : part;
    code +=
      kind === "code" ? part : kind === "comment" ? blank(part) : part[0] + blank(part.slice(1, -1)) + part.slice(-1);
    at = end;
  }
  return { bare, code };
}

/** Shell, Dockerfile, YAML and the like: a `#` after white space starts a comment. */
export function maskHash(text: string): Masked {
  const bare = text.replace(/(^|\s)#(?!!)[^\n]*/g, (all, lead: string) => lead + blank(all.slice(lead.length)));
  return { bare, code: bare };
}

function endOf(text: string, mark: string, from: number): number {
  const end = text.indexOf(mark, from);
  return end < 0 ? text.length : end;
}

function endOfString(text: string, from: number, mark: string): number {
  for (let i = from; i < text.length; i += 1) {
    if (text[i] === "\\") i += 1;
    else if (text[i] === mark || text[i] === "\n") return i;
  }
  return text.length;
}

function startsRegExp(codeSoFar: string): boolean {
  const before = codeSoFar.trimEnd();
  return (
    before === "" ||
    /[(,=:[!&|?{};<>+\-*%~^]$/.test(before) ||
    /\b(?:return|typeof|case|in|of|do|else|await)$/.test(before)
  );
}

function endOfRegExp(text: string, from: number): number {
  let inClass = false;
  for (let i = from + 1; i < text.length; i += 1) {
    if (text[i] === "\n") return from + 1;
    if (text[i] === "\\") i += 1;
    else if (text[i] === "[") inClass = true;
    else if (text[i] === "]") inClass = false;
    else if (text[i] === "/" && !inClass) return i + 1;
  }
  return from + 1;
}
