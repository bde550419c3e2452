import { type Finding, finder, type Project, type Rule } from "../findings.ts";
import { functionAt, type SourceFile } from "../source-file.ts";

const isScript = (file: SourceFile) => file.language === "javascript";

/** Names that only ever stand for asynchronous functions in this repository. */
function asyncNames(project: Project): Map<string, { path: string; line: number }> {
  const found = new Map<string, { path: string; line: number }>();
  const plain = new Set<string>();
  for (const file of project.files) {
    if (file.language !== "javascript") continue;
    for (const fn of file.functions) {
      if (fn.name === "") continue;
      if (fn.async) found.set(fn.name, { path: file.path, line: fn.start });
      else plain.add(fn.name);
    }
  }
  for (const name of [...plain, "then", "catch", "close", "end", "on", "get", "set", "delete", "push"])
    found.delete(name);
  return found;
}

const awaiting: Rule = {
  id: "promise-not-awaited",
  topic: "asynchronous code",
  looksFor: "promises that nobody waits for",
  applies: isScript,
  check(file, project, seen) {
    const make = finder(awaiting, file);
    const names = asyncNames(project);
    return file.codeLines.flatMap((text, index): Finding[] => {
      const line = index + 1;
      const each = /\.forEach\(\s*async\b/.exec(text);
      if (each)
        return [
          make({
            severity: "medium",
            line,
            title: "forEach does not wait for its async callback",
            why: `${within(file, line)} goes on, and may answer or close things, before any of these callbacks has ended; one that throws ends as an unhandled rejection.`,
            fix: {
              text: "Loop so that each step is waited for:",
              language: file.fence,
              code: `for (const item of ${/([\w$.]+)\.forEach/.exec(text)?.[1] ?? "items"}) {\n  await handle(item);\n}`,
            },
          }),
        ];
      const tested = promiseInCondition(text, names);
      const declared = names.get(tested?.name ?? "");
      if (tested && declared) {
        const before = file.lines[index] ?? "";
        const after =
          before.slice(0, tested.start) +
          `(await ${before.slice(tested.start, tested.end)})` +
          before.slice(tested.end);
        return [
          make({
            severity: "high",
            line,
            title: `The condition tests a promise, not what ${tested.name}() answers`,
            why: `${tested.name}() is async (${declared.path}:${declared.line}), and a promise always counts as true, so this check ${tested.negated ? "never triggers" : "always passes"}.`,
            fix: { text: "Wait for the answer:", language: file.fence, code: after.trim() },
            ...(functionAt(file, line)?.async && { edit: { line, before, after } }),
          }),
        ];
      }
      const called = /^\s*((?:[\w$]+\.)*([\w$]+))\((?!.*=>\s*\{\s*$).*\);?\s*$/.exec(text);
      const where = names.get(called?.[2] ?? "");
      if (/\bawait\s/.test(text)) seen(line);
      if (!called || !where || !isStatement(file, index) || /\.(?:then|catch|finally)\(/.test(text)) return [];
      const before = file.lines[index] ?? "";
      const after = before.replace(/^(\s*)/, "$1await ");
      const inAsync = functionAt(file, line)?.async === true;
      return [
        make({
          severity: inAsync ? "high" : "medium",
          line,
          title: `${called[2]}() is started and forgotten`,
          why: `It is async (${where.path}:${where.line}). ${within(file, line)} continues before it is done, and an error in it reaches nobody: the process reports an unhandled rejection instead.`,
          fix: {
            text: inAsync ? "Wait for it:" : "Give its failure a place to go:",
            language: file.fence,
            code: inAsync
              ? after.trim()
              : `${before.trim().replace(/;$/, "")}.catch((error) => console.error("${called[2]} failed", error));`,
          },
          ...(inAsync && { edit: { line, before, after } }),
        }),
      ];
    });
  },
};

/** A call of an async function inside `if (…)` or `while (…)` that is neither awaited nor passed on. */
function promiseInCondition(text: string, names: Map<string, unknown>) {
  if (!/\b(?:if|while)\s*\(/.test(text)) return undefined;
  for (const match of text.matchAll(/(!?)((?:[\w$]+\.)*([\w$]+))\(/g)) {
    const name = match[3] ?? "";
    const start = match.index + (match[1] ?? "").length;
    const before = text.slice(0, start);
    if (!names.has(name) || !/(?:[(!]|&&|\|\|)\s*$/.test(before) || /\b(?:await|then)\s*\(?\s*$/.test(before)) continue;
    let depth = 0;
    for (let i = start; i < text.length; i += 1) {
      if (text[i] === "(") depth += 1;
      else if (text[i] === ")" && --depth === 0) {
        // Followed by a method or a comparison it is somebody's argument or a chain, which this rule does not judge.
        if (/^\s*(?:\)|&&|\|\|)/.test(text.slice(i + 1))) return { name, start, end: i + 1, negated: match[1] === "!" };
        break;
      }
    }
  }
  return undefined;
}

/** False for the continuation of a longer expression. */
function isStatement(file: SourceFile, index: number): boolean {
  for (let i = index - 1; i >= 0; i -= 1) {
    const text = (file.codeLines[i] ?? "").trim();
    if (text === "") continue;
    return /[;{}:]$/.test(text) || /^\}/.test(text);
  }
  return true;
}

/** The enclosing function in words. */
export function within(file: SourceFile, line: number): string {
  const around = functionAt(file, line);
  return around?.name ? `${around.name}()` : "The code around it";
}

export const promiseRules: Rule[] = [awaiting];
