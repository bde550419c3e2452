import type { Sandbox } from "#server/ports/sandbox.ts";
import type { Arena } from "../arena.ts";
import type { Attempt } from "../attempt.ts";

/** The patch after the seller has done `prepare`, compared with what git itself says inside. */
async function hides(arena: Arena, prepare: string, ask: string): Promise<{ ours: boolean; plain: boolean }> {
  const sandbox = await arena.sandbox();
  await sandbox.exec(`echo smuggled >> a.txt; ${prepare}`);
  const plain = await sandbox.exec(ask);
  const { patch } = await sandbox.diff();
  return { ours: !patch.includes("smuggled"), plain: !plain.stdout.includes("smuggled") };
}

/** The seller bends git so that a change does not show; the city's own diff must still show it. */
const bend = (name: string, prepare: string, ask = "git add -A; git diff --cached"): Attempt => ({
  name,
  group: "evidence",
  plainly: "git as the seller set it up",
  reach: async (arena) => (await hides(arena, prepare, ask)).ours,
  control: async (arena) => (await hides(arena, prepare, ask)).plain,
});

export const evidence: readonly Attempt[] = [
  {
    name: "overwriting the pristine tree",
    group: "evidence",
    short: true,
    without: ["out-of-reach pristine tree"],
    reach: async (arena) => {
      const sandbox = await arena.sandbox();
      await sandbox.exec(
        "chmod -R u+w /opt/pristine.git; rm -rf /opt/pristine.git/objects; mkdir /opt/pristine.git/objects",
      );
      return (await (await sandbox.pristine()).readText("a.txt")) !== "pristine\n";
    },
  },
  bend("hiding a change by amending the commit", "git commit -q --amend -a -m same"),
  bend("hiding a change by deleting .git", "rm -rf .git; git init -q; git add -A; git commit -qm new"),
  bend("hiding a change with an external diff program", "git config diff.external true", "git diff"),
  bend(
    "hiding a change with a text conversion",
    "echo '* diff=x' > .gitattributes; git config diff.x.textconv 'true'",
    "git diff",
  ),
  bend(
    "hiding a change with a clean filter",
    "echo '* filter=x' > .gitattributes; git config filter.x.clean 'echo pristine'",
  ),
  bend("hiding a change as binary", "echo '* -diff' > .gitattributes"),
  bend("hiding a change by marking it unchanged", "git update-index --assume-unchanged a.txt", "git diff"),
  bend("hiding a change with a file-system monitor that sees nothing", MONITOR(), "git status >/dev/null; git diff"),
  bend("hiding a change by ignoring it", "git rm -q --cached a.txt; echo a.txt > .gitignore; git commit -qam x"),
  {
    name: "a command that reads on after the delivery",
    group: "evidence",
    short: true,
    plainly: "a command that is left alone",
    reach: (arena) => readsOn(arena, (sandbox) => sandbox.close()),
    control: (arena) => readsOn(arena, async () => undefined),
  },
  {
    name: "blocking the diff with a repository inside the repository",
    group: "evidence",
    plainly: "git add -A",
    reach: async (arena) => !(await nested(arena)).patch.includes("smuggled"),
    control: async (arena) => !(await nested(arena)).plain.includes("+smuggled"),
  },
];

function MONITOR(): string {
  const program = "#!/bin/sh\\nprintf 'token\\\\0'\\n";
  return `git checkout -q a.txt; printf '${program}' > /tmp/monitor; chmod +x /tmp/monitor; git config core.fsmonitor /tmp/monitor; git status >/dev/null; git status >/dev/null; echo smuggled >> a.txt`;
}

async function nested(arena: Arena): Promise<{ patch: string; plain: string }> {
  const sandbox = await arena.sandbox();
  await sandbox.exec("mkdir sub; cd sub; git init -q; echo smuggled > file; git add -A; git commit -qm x");
  const plain = (await sandbox.exec("git add -A; git diff --cached")).stdout;
  return { patch: (await sandbox.diff()).patch, plain };
}

async function readsOn(arena: Arena, deliver: (sandbox: Sandbox) => Promise<void>): Promise<boolean> {
  const sandbox = await arena.sandbox();
  const reading = sandbox.exec("touch begun; while [ ! -e delivered ]; do :; done; cat a.txt", { timeoutMs: 10_000 });
  while ((await sandbox.readFile("begun").catch(() => null)) === null);
  await deliver(sandbox);
  await sandbox.writeFile("delivered", "");
  return (await reading).stdout.includes("pristine");
}
