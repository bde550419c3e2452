import type { Topic } from "./findings.ts";

/** What the buyer's description asks for, as far as rules can tell. */
export type Request = {
  /** The description's first sentence, for the heading. */
  headline: string;
  /** Topics it names, each with the buyer's own word. */
  topics: { topic: Topic; word: string }[];
  /** Files and folders of the repository that it names. */
  scope: string[];
  /** Paths it names that the repository does not have. */
  absent: string[];
  /** What it asks for and this agent cannot judge. */
  beyond: string[];
};

const WORDS: [RegExp, Topic[]][] = [
  [
    /\bsecur\w+(?: issues?)?\b|\bvulnerabilit\w+\b|\bowasp\b/i,
    ["injection", "cross-site scripting", "access control", "secrets"],
  ],
  [/\bsql(?: injections?)?\b|\b(?:command )?injections?\b|\beval\b/i, ["injection"]],
  [/\bxss\b|\bcross-site scripting\b|\bhtml\b|\btemplates?\b/i, ["cross-site scripting"]],
  [/\bsessions?(?: management| handling)?\b|\bcookies?\b/i, ["sessions and cookies"]],
  [
    /\bauthenti\w+(?: middleware)?\b|\blog-?ins?\b|\bsign-?in\b/i,
    ["sessions and cookies", "access control", "cryptography"],
  ],
  [/\bauthori[sz]\w+\b|\bpermissions?\b|\baccess(?: control)?\b|\bidor\b|\badmin\w*\b/i, ["access control"]],
  [/\bsecrets?\b|\bcredentials?\b|\bapi keys?\b|\bconfig\w*\b/i, ["secrets"]],
  [/\bcrypto\w*\b|\bhash\w*\b|\bpasswords?\b|\btokens?\b/i, ["cryptography"]],
  [/\bpath traversal\b|\buploads?\b|\bfile (?:access|handling)\b/i, ["file access"]],
  [/\bssrf\b|\btls\b|\bcors\b|\bredirects?\b|\bnetwork\b/i, ["network"]],
  [/\berrors?(?: handling)?\b|\bexceptions?\b/i, ["error handling"]],
  [/\basync\w*\b|\bawait\w*\b|\bpromises?\b|\brace conditions?\b/i, ["asynchronous code"]],
  [/\bbugs?\b|\blogic\b|\bcorrect\w*\b|\bcrash\w*\b/i, ["logic", "asynchronous code"]],
  [/\btests?\b|\btesting\b|\bcoverage\b/i, ["tests"]],
  [/\bdependenc\w+\b|\bsupply chain\b|\bpackages?\b/i, ["dependencies"]],
  [/\bdocker\w*\b|\bdeploy\w*\b|\bcontainers?\b|\bshell scripts?\b/i, ["deployment"]],
  [
    /\bmaintain\w*\b|\bbest practices?\b|\bquality\b|\breadab\w+\b|\brefactor\w*\b/i,
    ["maintainability", "error handling"],
  ],
];
const BEYOND = /\b(performance|scalability|architecture|accessibility|usability|business logic|licen[cs]es?)\b/gi;

export function readRequest(description: string, paths: readonly string[]): Request {
  const topics: Request["topics"] = [];
  for (const [pattern, own] of WORDS) {
    const word = pattern.exec(description)?.[0];
    for (const topic of word === undefined ? [] : own) {
      if (!topics.some((t) => t.topic === topic)) topics.push({ topic, word: word as string });
    }
  }
  const scope: string[] = [];
  const absent: string[] = [];
  for (const [token] of description.replace(/https?:\/\/\S+/g, "").matchAll(/[\w@.-]+(?:\/[\w@.-]+)*\/?/g)) {
    const path = token.replace(/^\.\//, "").replace(/[.,]$/, "").replace(/\/$/, "");
    const known = paths.some(
      (p) => p === path || p.startsWith(`${path}/`) || (/\.\w{1,5}$/.test(path) && p.endsWith(`/${path}`)),
    );
    if (known && /[/.]/.test(token)) scope.push(path);
    else if (/^(?:src|app|lib|server|services?|tests?|packages)\/[\w./-]+$/.test(path)) absent.push(path);
  }
  const beyond = [...new Set([...description.matchAll(BEYOND)].map((m) => (m[1] ?? "").toLowerCase()))];
  return {
    headline: headlineOf(description),
    topics,
    scope: [...new Set(scope)],
    absent: [...new Set(absent)],
    beyond,
  };
}

export function inScope(request: Request, path: string): boolean {
  return (
    request.scope.length === 0 ||
    request.scope.some((s) => path === s || path.startsWith(`${s}/`) || path.endsWith(`/${s}`))
  );
}

function headlineOf(description: string): string {
  const first = description.trim().split(/(?<=[.!?])\s|\n/)[0] ?? "";
  return first.length > 110 ? `${first.slice(0, 107).replace(/\s+\S*$/, "")} …` : first.replace(/[.]$/, "");
}
