import { rawWords, stem } from "./words.ts";

/** What a line of code is, and the words people use for it. `import x` is spoken of as "the import", never as "x" alone. */
const KINDS: readonly (readonly [RegExp, string])[] = [
  [
    /^\s*(?:import|from\s+\S+\s+import|#include|using|use|require|package)\b|\brequire\(/,
    "import imports module modules package dependency",
  ],
  [
    /^\s*(?:#|\/\/|\/?\*|"""|'''|<!--|--\s)|\s(?:#|\/\/)\s/,
    "comment comments docstring documentation docs note wording typo",
  ],
  [
    /\b(?:def|function|func|fn)\b|=>|\)\s*(?:throws\s+\w+\s*)?\{\s*$/,
    "function method parameter parameters argument arguments signature",
  ],
  [/\w\([^)\w]*\w[^)]*\)/, "call argument arguments parameter"],
  [/[(,]\s*\w+\s*=\s*[^=]/, "default parameter keyword argument"],
  [/\breturn\b|\byield\b/, "return returns returned value"],
  [/\b(?:if|else|elif|switch|case|unless)\b|\?[^:]*:/, "condition check branch statement logic"],
  [/\b(?:for|while|foreach)\b|\.(?:map|forEach|filter)\(/, "loop iterate iteration comprehension"],
  [
    /\b(?:try|catch|except|finally|raise|throw|throws|rescue|panic)\b/,
    "exception exceptions error errors catch handling handle raise throw",
  ],
  [/\b(?:assert\w*|expect|should|it|describe|test\w*)\s*\(|@Test|\bdef test_/, "test tests assertion assert coverage"],
  [/["'`]/, "string strings literal message text format"],
  [/(?:^|[^\w.])\d+(?:\.\d+)?\b/, "number magic constant value hardcoded"],
  [/\[[^\]]*\]|\{[^}]*\}|\b(?:List|Map|Set|Array|dict|list|tuple)\b/, "list array dictionary map collection element"],
  [
    /^\s*(?:export\s+)?(?:public\s+|abstract\s+|final\s+)*(?:class|interface|struct|trait|enum)\b/,
    "class interface type inheritance",
  ],
  [/\b(?:SELECT|INSERT|UPDATE|DELETE|CREATE TABLE|ALTER|DEFAULT NULL)\b/i, "query column table database sql schema"],
  [/^\s*@\w+/, "decorator annotation annotations"],
  [/\b(?:None|null|nil|undefined|nullptr|Optional)\b/, "null none nil undefined check"],
  [/\b(?:true|false|True|False|bool|boolean)\b/, "boolean flag"],
  [/\b(?:log|logger|logging|print|println|console)\b/i, "log logging print output debug"],
  [
    /\b(?:static|const|final|public|private|protected|readonly)\b/,
    "static constant final public private visibility modifier",
  ],
  [/\b(?:async|await|Promise|Thread|synchronized|lock|mutex)\b/i, "async await thread concurrency race lock"],
  [/^\s*(?:self\.|this\.)?[\w.]+\s*(?::\s*\w+\s*)?=\s*[^=]/, "variable assignment value name naming"],
];

/** What any code can be found wanting in. */
const ANY =
  "parenthesis parentheses bracket brackets indentation whitespace alignment aligned unused redundant duplicate rename typo misspelled"
    .split(" ")
    .map(stem);

/** The stems people would use for the kinds of code these lines hold, names apart. */
export function conceptsOf(lines: readonly string[]): ReadonlySet<string> {
  const stems = new Set<string>(lines.length > 0 ? ANY : []);
  for (const [pattern, words] of KINDS) {
    if (!lines.some((line) => pattern.test(line.length > 400 ? line.slice(0, 400) : line))) continue;
    for (const word of words.split(" ")) stems.add(stem(word));
  }
  return stems;
}

/** The stems of a text with nothing left out: "import" and "return" are stop words elsewhere, here they are the point. */
export function plainStems(text: string): Set<string> {
  return new Set(rawWords(text).map((word) => stem(word.toLowerCase())));
}
