import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { commandFor, findAptGet, findTools, packagesOf, type ToolName, type Tools, type Where } from "./tools.ts";

/** What the tests cannot do without; ripgrep only widens what a sandbox offers. */
const NEEDED: ToolName[] = ["bwrap", "git", "chromium", "python3", "curl"];

const WHAT_FOR: Partial<Record<ToolName, string>> = {
  bwrap: "sealed sandboxes",
  git: "fetching repositories",
  chromium: "browser tests",
  python3: "attempts to break out of a sandbox",
  curl: "the commands that the docs show",
};

type Command = [program: string, ...args: string[]];
type Machine = Where & { playwright?: Command };

/**
 * Finds or installs the programs that the tests need and npm cannot bring. Without a way to install, it says exactly
 * what is missing and which command brings it. @returns the problems left, one sentence each.
 */
export function setUp(say: (line: string) => void, machine: Machine = {}): string[] {
  let tools = findTools(machine);
  if (missingFrom(tools).length > 0) {
    installByApt(missingFrom(tools), say, findAptGet(machine.systemFolders));
    tools = findTools(machine);
  }
  if (tools.chromium === null) {
    installByPlaywright(say, machine.playwright ?? playwright());
    tools = findTools(machine);
  }
  const problems = missingFrom(tools).map(
    (tool) =>
      `${tool} (${WHAT_FOR[tool]}) is missing and could not be installed. It comes with: ${commandFor([tool], machine.systemFolders)}`,
  );
  const refusal = tools.bwrap && sandboxRefusal(tools.bwrap);
  if (refusal) problems.push(`bwrap is installed, but this machine does not let it make a sandbox: ${refusal}`);
  for (const tool of NEEDED) if (tools[tool]) say(`${tool}: ${tools[tool]}`);
  return problems;
}

function missingFrom(tools: Tools): ToolName[] {
  return NEEDED.filter((tool) => tools[tool] === null);
}

function installByApt(tools: ToolName[], say: (line: string) => void, aptGet: string | null): void {
  if (process.getuid?.() !== 0 || aptGet === null) return;
  say(`Installing ${packagesOf(tools).join(", ")} with apt-get …`);
  run(aptGet, ["update", "-q"], say);
  // One by one: a package that this system lacks must not keep the others away.
  for (const name of packagesOf(tools)) run(aptGet, ["install", "-y", "-q", "--no-install-recommends", name], say);
}

function installByPlaywright(say: (line: string) => void, [program, ...args]: Command): void {
  say("Installing Chromium with Playwright …");
  const libraries = process.getuid?.() === 0 ? ["--with-deps"] : [];
  run(program, [...args, "install", "chromium", ...libraries], say);
}

function playwright(): Command {
  const cli = createRequire(import.meta.url).resolve("@playwright/test/package.json");
  return [process.execPath, join(cli, "..", "cli.js")];
}

function run(command: string, args: string[], say: (line: string) => void): void {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const result = spawnSync(command, args, { encoding: "utf8", env });
  if (result.status === 0) return;
  const words = (result.stderr || result.stdout || String(result.error)).trim().split("\n").slice(-5).join("\n");
  say(`${basename(command)} ${args[0]} failed:\n${words}`);
}

/** Containers often forbid the namespaces a sandbox is made of; better known now than in the middle of the tests. */
function sandboxRefusal(bwrap: string): string | null {
  const args = ["--unshare-all", "--ro-bind", "/", "/", "true"];
  const result = spawnSync(bwrap, args, { encoding: "utf8" });
  return result.status === 0 ? null : (result.stderr || String(result.error)).trim();
}

if (import.meta.main) {
  const problems = setUp((line) => console.log(line));
  for (const problem of problems) console.error(problem);
  if (problems.length > 0 && process.env.CI === "true") process.exitCode = 1;
}
