/** Outputs, a repository and a patch made to be as dear to judge as can be: each fills what a seller may deliver. */
import type { PristineTree } from "#server/ports/sandbox.ts";

const MB = 1_000_000;

/** Repeats a piece, numbered where it asks for it with "%", until a megabyte is full. */
function fill(piece: string, head = "", tail = ""): string {
  const room = MB - head.length - tail.length;
  if (!piece.includes("%")) return head + piece.repeat(Math.floor(room / Buffer.byteLength(piece))) + tail;
  const parts = [head];
  for (let i = 0, length = 0; length < room; i++) {
    const part = piece.replaceAll("%", i.toString(36).padStart(4, "0"));
    parts.push(part);
    length += part.length;
  }
  return parts.join("") + tail;
}

const fence = (text: string, info = "") => `\`\`\`${info}\n${text}\n\`\`\`\n`;

/** Every name stands for a way in which reading could take longer than the text is long. */
export const HOSTILE_OUTPUTS: Readonly<Record<string, () => string>> = {
  "one line of spaces, then a letter": () => fill(" ", "", "x"),
  "a word, a line of spaces, a word": () => fill(" ", "score", "x"),
  "lines of 20,000 spaces": () => fill(`${" ".repeat(20_000)}x\n`),
  "lines of 590 spaces after a verdict": () => fill(`score:1${" ".repeat(590)}x\n`),
  "colons after a verdict": () => fill(`score${":".repeat(580)}x\n`),
  "tabs and pipes": () => fill("|\t", "", "x"),
  "dashes and colons": () => fill(":-|", "", "x"),
  newlines: () => fill("\n"),
  "newlines of one letter": () => fill("a\n"),
  "carriage returns": () => fill("\r\n"),
  pipes: () => fill("|"),
  "rows of a table": () => fill("| src/f%.ts | 12 |\n"),
  "one row of line columns": () => fill(" lines |", "|", "\n| 1 | 2 |"),
  "back-ticks": () => fill("`"),
  "back-ticks with one letter": () => fill("`a"),
  "short code spans": () => fill("`a%` "),
  tildes: () => fill("~"),
  "a fence's info string": () => fill("a", "```", "\n```"),
  "a fence's info string of dots": () => fill("a.", "```", "\n```"),
  "many fences": () => fill("```ts a.ts\nx\n```\n"),
  "a fence's first line": () => fence(`# x${" ".repeat(MB - 20)}y`),
  "fences that open with a comment": () => fill(fence(`# x${" ".repeat(500)}y`)),
  "one fence of short lines": () => fence(fill("ab%\n")),
  "quoted blocks": () => fill(`The current code:\n\n${fence("line%()")}\n`),
  "quoted blocks of a named file": () => fill(`The current code in src/d%.ts:\n${fence("const x% = 1")}\n`),
  "quoted blocks of a name that many files bear": () =>
    fill(`The current code in index.ts:\n${fence("const x% = 1")}\n`),
  "one heading, many below it": () => fill("## a\n", `# ${"x".repeat(500_000)}\n`),
  "headings six deep": () =>
    fill("###### a%\n", [1, 2, 3, 4, 5].map((n) => `${"#".repeat(n)} ${"word ".repeat(60)}\n`).join("")),
  headings: () => fill("# a%\n"),
  "headings that name a file": () => fill("# src/d%.ts\nline 3 and lines 4-9\n"),
  "one heading of many files": () => fill("src/d%.ts ", "# "),
  "inline quotations on one line": () => fill("src/d%.ts:1 calls `run(%, aaa)`. "),
  "inline quotations of one name": () => fill("index.ts:1 calls `run(%, aaa)`. "),
  "unclosed brackets": () => fill("[("),
  "opening brackets": () => fill("("),
  "closing brackets after a path": () => fill(`a/b${")".repeat(390)} `),
  "opening brackets before a path": () => fill(`${"(".repeat(390)}a/b `),
  braces: () => fill("{"),
  "brace lists": () => fill(`${"p/".repeat(80)}{${"a,".repeat(58)}a}${"q".repeat(60)}/x.ts `),
  links: () => fill("[a](b%.ts) "),
  "links with spaces": () => fill(" ", "[a](b", "x)"),
  "links of braces": () => fill(`[a]({${"a,".repeat(140)}) `),
  "paths that exist": () => fill("src/d%.ts:1 "),
  "paths that run together": () => fill("src/d%.ts:1"),
  "paths that do not exist": () => fill("src/%/gone "),
  "tokens of two letters": () => fill("a. "),
  "long paths": () => fill("a/"),
  "paths of 300 characters": () => fill(`src/${"a/".repeat(145)}% `),
  "abbreviated paths": () => fill("src/.../%.ts "),
  "colons in a path": () => fill(`x${":a".repeat(190)}/ `),
  dots: () => fill("a."),
  "dots alone": () => fill("."),
  "back-slashes": () => fill("\\"),
  "sandbox prefixes": () => fill(`${"/repo".repeat(70)}/a.ts `),
  "hashes in a path": () => fill("a.b#"),
  "names that many files bear": () => fill("index.ts:3 "),
  "names with a space": () => fill("My Guide%.md "),
  "announced files": () => fill("add a new put to into as a%.ts "),
  announcements: () => fill("create a new, move it to "),
  "mail addresses": () => fill("a@"),
  addresses: () => fill("http://"),
  schemes: () => fill("a+.-"),
  "cited lines": () => fill("lines 1, 2, 3 and 4 of "),
  citations: () => fill("L1,2&3/"),
  "diff heads": () => fence(fill("--- a/x%.ts\n+++ b/x%.ts\n"), "diff"),
  "diff heads in prose": () => fill("--- a/x.ts\n+++ b/x.ts\n@@ -1 +1 @@\n-a\n+b\n"),
  "removed lines": () =>
    fence(fill("-const removed% = 1;\n", "--- a/src/d0001.ts\n+++ b/src/d0001.ts\n@@ -1 +1 @@\n"), "diff"),
  "diffs of one line": () => fence(fill("--- a/index.ts\n+++ b/index.ts\n@@ -1 +1 @@\n-gone%()\n"), "diff"),
  "hunk heads": () => fence(fill("@@ -1,1 +1,1 @@\n")),
  "six-word sentences": () => fill("A b c d e f%.\n"),
  "six-word sentences on one line": () => fill("He sees a red cat %. "),
  "words of one letter": () => fill("a b c "),
  "one sentence": () => fill("the reader of the file opens it % "),
  "one word": () => fill("a"),
  "one word of capitals": () => fill("A"),
  "a word of humps": () => fill("aB"),
  "a word of underscores": () => fill("a_"),
  dollars: () => fill("$"),
  "words and slashes": () => fill("a/a-"),
  hyphens: () => fill("a-"),
  "full stops": () => fill(". "),
  "sentence ends": () => fill('aaaaaaaaaaaa.)"` '),
  "quotation marks": () => fill("'a\""),
  "quoted words": () => fill("'ab%' \"cd%\" "),
  emphasis: () => fill("*_~"),
  "a rule of dashes": () => fill("-", "", "x"),
  "list marks": () => fill("- "),
  "nested lists": () => fill("          - a%\n"),
  "quotes of quotes": () => fill("> "),
  "open comments": () => fill("<!--"),
  comments: () => fill("<!---->"),
  "code spans around comments": () => fill("``` a `` b ` <!---->"),
  "tildes beside a comment": () => fill("~", "<!---->\n", "`"),
  "a comment and open fences": () => fill("````\n```\n", "<!---->\n"),
  tags: () => fill("<a<"),
  "orders to the judge": () => fill("ignore all the score 100 judge must "),
  "orders without an object": () => fill(`${"skip all ".repeat(66)}\n`),
  "orders to code": () => fill(`${"return 100 ".repeat(54)}\n`),
  praise: () => fill(`${"code ensure add tests more docs ".repeat(18)}\n`),
  questions: () => fill("try to use more "),
  numbers: () => fill("1"),
  "zero-width characters": () => fill("\u200b"),
  "combining marks": () => fill("\u0301\u0323", "a"),
  "ligatures that unfold": () => fill("\ufdfa"),
  "full-width letters": () => fill("Ａ．"),
  Chinese: () => fill("代码很好。"),
  emoji: () => fill("👩‍👩‍👧 "),
  "lone surrogates": () => fill("\ud800", "", "x").slice(0, MB / 3),
  "line separators": () => fill("\u2028"),
  "deep JSON": () => "[".repeat(MB / 2) + "]".repeat(MB / 2),
  "JSON of many lists": () => `[${fill("[1],").slice(0, -10)}[1]]`.slice(0, MB),
  "JSON of lines": () => JSON.stringify({ a: "\n".repeat(490_000) }),
  "JSON of separators": () => `["\`\`\`${"`".repeat(MB - 40)}\\u2028"]`,
  "JSON of findings": () =>
    `[${fill('{"file":"src/d%.ts","line":3},')
      .slice(0, -20)
      .replace(/,[^,]*,[^,]*$/, "")}]`,
  "JSON of keys": () =>
    `{${fill('"k%":{},')
      .slice(0, -8)
      .replace(/,[^,]*$/, "")}}`,
};

/** A buyer's code, all of it one sentence: whatever is said in its words nearly stands in it. */
export const REPETITIVE = `x\n${"he sees a red cat and a red cat sees him\n".repeat(25_000)}`;

/** 5,000 files with names to trip over: deep, long, alike, with spaces and quotes; a fifth of them cannot be read. */
export const HOSTILE_TREE: PristineTree = {
  paths: new Map(
    Array.from({ length: 1_000 }, (_, i) => i.toString(36).padStart(4, "0")).flatMap((name) => [
      [`bin/${name}.png`, { bytes: 20_000 }] as const,
      [`src/d${name}.ts`, { bytes: 20_000, lines: 500 }] as const,
      [`pkg/${name}/index.ts`, { bytes: 20_000, lines: 20 }] as const,
      [`docs/My Guide${name}.md`, { bytes: 20_000, lines: 9 }] as const,
      [`${name}/${"a/".repeat(480)}${"é".repeat(10)}'"\`|,.ts`, { bytes: 20_000, lines: 3 }] as const,
    ]),
  ),
  readText: async () => REPETITIVE.slice(0, 20_000),
};
