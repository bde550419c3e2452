import { execFile, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, "../..");

/** A folder of a reader's own, with the SDK installed from the package that npm would publish. */
export type Workspace = { base: string; folder: string; tarball: string; remove(): void };

/** Packs the SDK from its source (a copy, so that nobody's build is disturbed) and installs it as a reader would. */
export async function makeWorkspace(): Promise<Workspace> {
  const base = mkdtempSync(join(tmpdir(), "city-guides-"));
  const source = join(base, "packing");
  cpSync(join(ROOT, "sdk"), source, {
    recursive: true,
    filter: (path) => !/[\\/](dist|node_modules|examples)$/.test(path),
  });
  symlinkSync(join(ROOT, "node_modules"), join(base, "node_modules"));
  await run("npm", ["pack", "--pack-destination", base], { cwd: source });
  const packed = readdirSync(base).find((name) => name.endsWith(".tgz"));
  if (!packed) throw new Error("npm pack made no package.");
  rmSync(join(base, "node_modules"));
  const tarball = join(base, packed);
  const folder = makeProject(base, "reader");
  await run("npm", ["install", "--offline", "--no-audit", "--no-fund", tarball], { cwd: folder });
  return { base, folder, tarball, remove: () => rmSync(base, { recursive: true, force: true }) };
}

/** An empty project, as a reader has it before the first line of a guide. */
export function makeProject(base: string, name: string): string {
  const folder = join(base, name);
  mkdirSync(folder);
  writeFileSync(join(folder, "package.json"), `{ "name": "${name}", "private": true, "type": "module" }\n`);
  return folder;
}

export type Ran = { code: number | null; stdout: string; stderr: string };
export type Running = { done: Promise<Ran>; stdout(): string; stop(): void };

/** Starts a program; nothing of this process's environment reaches it but PATH and HOME. */
export function start(
  command: string,
  args: readonly string[],
  { cwd, env = {} }: { cwd: string; env?: Record<string, string> },
): Running {
  const { PATH = "", HOME = "" } = process.env;
  const given = { PATH, HOME, ...env } as unknown as NodeJS.ProcessEnv;
  const child = spawn(command, args, { cwd, env: given, stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  const done = new Promise<Ran>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, stdout, stderr }));
  });
  return { done, stdout: () => stdout, stop: () => void child.kill("SIGKILL") };
}

const SOONER = join(import.meta.dirname, "sooner.ts");

/** Runs a TypeScript module in the reader's folder, on the same Node as the tests, with the samples' pauses shortened. */
export function startModule(workspace: Workspace, name: string, text: string, env: Record<string, string>): Running {
  const file = join(workspace.folder, `${name}.ts`);
  writeFileSync(file, text);
  return start(process.execPath, ["--import", SOONER, file], { cwd: workspace.folder, env });
}
