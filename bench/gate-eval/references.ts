import { scoreOutput } from "../../server/quality/score-output.ts";
import { type Random, seeded } from "./random.ts";
import { makeRepo, type SyntheticRepo } from "./synthetic-repo.ts";

type ReferenceFigures = {
  real: number;
  flagged: number;
  invented: number;
  found: number;
  harmless: number;
  misread: number;
  examples: string[];
};

type Written = { text: string; path: string; line: number | null; real: boolean };

const PATH_FORMS: readonly ((path: string) => string)[] = [
  (p) => `The handler in \`${p}\` swallows the exception and goes on.`,
  (p) => `In ${p}, the retry loop never ends when the queue is empty.`,
  (p) => `**${p}** keeps a global cache without any bound.`,
  (p) => `- [${p}](${p}): the token is compared with ==, not in constant time.`,
  (p) => `### ${p}`,
  (p) => `| ${p} | High | the id is not checked |`,
  (p) => `Severity: high. File: ${p}. The session is not ended at sign-out.`,
  (p) => `See "${p}" for the same mistake, and note that it leaks a handle.`,
  (p) => `The caller (${p}) ignores the return value.`,
  (p) => `Look at ./${p} where the limit is read twice.`,
  (p) => `Look at /home/user/repo/${p}, which opens a file and never closes it.`,
  (p) => `Add a null check in \`${p}\` before the value is used.`,
  (p) => `1. ${p} - the regular expression backtracks.`,
  (p) => `The bug is caused by ${p.replaceAll("/", "\\")}: the index is off by one.`,
];

const LINE_FORMS: readonly ((path: string, line: number) => string)[] = [
  (p, l) => `\`${p}:${l}\` builds the query by hand.`,
  (p, l) => `${p}:${l}: the result is not awaited.`,
  (p, l) => `\`${p}\` line ${l} compares with the wrong constant.`,
  (p, l) => `On line ${l} of \`${p}\` the lock is not released.`,
  (p, l) => `\`${p}\` (line ${l}) divides by zero for an empty list.`,
  (p, l) => `[the loader](${p}#L${l}) reads the whole file.`,
  (p, l) => `${p}#L${l} drops the error.`,
  (p, l) => `${p}, lines ${Math.max(1, l - 1)}-${l}: the branch is dead.`,
  (p, l) => `At ${p}(${l},5) the cast loses precision.`,
  (p, l) => `\`${p}:${l}:3\` shadows an outer name.`,
  (p, l) => `${p} at L${l} logs the secret.`,
];

/** Sentences full of what merely looks like a path. None of it speaks of a file of the repository. */
const HARMLESS: readonly string[] = [
  "Upgrade Node.js to 24.1.0 and Next.js to 16.4, e.g. with `npm install next@16.4.6`.",
  "See https://example.com/docs/guide/index.html and https://github.com/acme/demo/blob/main/src/gone.ts#L10 for the background.",
  'Use `import { z } from "zod"` and `lodash/debounce` or `node:fs/promises`, i.e. no wrapper of your own.',
  "The answer's type is application/json, not text/html; the client/server split and read/write locks stay.",
  "Call `response.json()` once; `process.env.HOME` and `console.log` are fine, `res.json` is not.",
  "It listens on localhost:3000 and writes to /var/log/app.log, /tmp/x.txt and /etc/hosts.",
  "Create `src/new/limits-for-all.ts` and extract the check into `lib/new-check.ts`; there is no `docs/missing-guide.md`.",
  "Mail a@b.example.com, 24/7, and/or TCP/IP over I/O; either/or, 1/2 of the 10.000 calls, v1.2.3.",
  "The routes /api/v1/users and `/users/:id/orders` answer 200 within 1.5 s in 99.9 % of cases.",
  "`@types/node`, `react-dom/client` and `@scope/pkg/sub` come from npm, rel. 2.x; branch origin/main or feature/fast-path.",
  "np.array, pd.DataFrame, self.name, this.state.items, Math.max, fs.readFile, os.path.join, System.out.println.",
];

/** Writes outputs full of real and invented references and counts what the gate says of each. */
export async function measureReferences(total: number, seed: number): Promise<ReferenceFigures> {
  const random = seeded(seed);
  const figures: ReferenceFigures = {
    real: 0,
    flagged: 0,
    invented: 0,
    found: 0,
    harmless: 0,
    misread: 0,
    examples: [],
  };
  while (figures.real + figures.invented < total) {
    const repo = makeRepo(random, 60 + random.int(200));
    for (let round = 0; round < 10 && figures.real + figures.invented < total; round++) {
      const written = Array.from({ length: 10 }, () => write(random, repo));
      const harmless = random.pick(HARMLESS);
      const output = [...written.map((one) => one.text), harmless].join("\n\n");
      const verdict = await scoreOutput({
        taskType: "code_review",
        description: "Review the repository for bugs.",
        output,
        tree: repo.tree,
      });
      const listed = verdict.references.invented.map((one) => one.text.replaceAll("\\", "/"));
      for (const one of written) {
        const hit = listed.some((text) =>
          one.line === null ? text.includes(one.path) : text.includes(one.path) && text.includes(`${one.line}`),
        );
        const shared = written.some((other) => other !== one && other.real !== one.real && other.path === one.path);
        if (shared) continue;
        if (one.real) figures.real++;
        else figures.invented++;
        if (one.real && hit) note(figures, "flagged", `real, but flagged: ${one.text}`);
        if (!one.real && hit) figures.found++;
        if (!one.real && !hit) figures.examples.push(`invented, but not found: ${one.text}`);
      }
      figures.harmless++;
      const known = written.map((one) => one.path);
      const stray = listed.filter((text) => !known.some((path) => text.includes(path)));
      if (stray.length > 0) note(figures, "misread", `harmless, but flagged: ${stray.join(" | ")} in: ${harmless}`);
    }
  }
  return figures;
}

function note(figures: ReferenceFigures, kind: "flagged" | "misread", example: string): void {
  figures[kind]++;
  figures.examples.push(example);
}

function write(random: Random, repo: SyntheticRepo): Written {
  const path = random.pick(repo.paths);
  const lines = repo.tree.paths.get(path)?.lines ?? 1;
  const real = random.next() < 0.5;
  const withLine = random.next() < 0.5;
  if (real) {
    const line = 1 + random.int(lines);
    return withLine
      ? { text: random.pick(LINE_FORMS)(path, line), path, line, real }
      : { text: random.pick(PATH_FORMS)(path), path, line: null, real };
  }
  if (withLine && random.next() < 0.5) {
    const line = lines + 1 + random.int(400);
    return { text: random.pick(LINE_FORMS)(path, line), path, line, real };
  }
  const gone = invent(random, repo);
  return withLine
    ? { text: random.pick(LINE_FORMS)(gone, 1 + random.int(300)), path: gone, line: null, real }
    : { text: random.pick(PATH_FORMS)(gone), path: gone, line: null, real };
}

const STRANGE = ["services/payment", "core/engine", "src/controllers", "lib/helpers", "api/v2", "modules/audit"];

/** A path near to a real one that does not exist: another name, directory, ending or case. */
function invent(random: Random, repo: SyntheticRepo): string {
  for (;;) {
    const path = random.pick(repo.paths);
    const slash = path.lastIndexOf("/");
    const name = path.slice(slash + 1);
    const dot = name.lastIndexOf(".");
    const made = random.pick([
      `${path.slice(0, slash + 1)}${random.pick(["user", "admin", "base", "helper"])}${name}`,
      `${random.pick(STRANGE)}/${name}`,
      dot > 0
        ? `${path.slice(0, slash + 1)}${name.slice(0, dot)}.${random.pick(["ts", "py", "go", "java", "php", "scss"])}`
        : `${path}.ts`,
      `${path.slice(0, slash + 1)}${name[0]?.toUpperCase()}${name.slice(1)}`,
      `${random.pick(STRANGE)}/${random.pick(["userController", "AuthService", "db_pool", "rate-limit"])}.${random.pick(["ts", "py", "go", "rb"])}`,
    ]);
    const exists = repo.paths.some((one) => one === made || one.endsWith(`/${made}`));
    // A longer real path that contains the invented one would make the count below ambiguous.
    if (!exists && made.includes("/") && /\.\w+$/.test(made)) return made;
  }
}
