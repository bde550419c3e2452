import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const STAMP = join(ROOT, ".next", "city-build");
/** What the pages are made of. Of the server they bundle the wire schemas and a few plain files, and no more. */
const SOURCES = ["app", "server", "public", "next.config.ts", "postcss.config.mjs", "proxy.ts", "package-lock.json"];
const BUNDLED = /^(?!server\/)|\/schema\.ts$|^server\/(?:city\.ts|kernel\/)/;

/** Makes the production build of the pages unless the one that is there was made from these very files. */
export async function ensurePageBuild(say: (line: string) => void): Promise<void> {
  const wanted = fingerprint();
  if (existsSync(STAMP) && readFileSync(STAMP, "utf8") === wanted) return;
  say("Building the pages (once, about half a minute) …");
  await build();
  writeFileSync(STAMP, wanted);
}

function build(): Promise<void> {
  return new Promise((resolve, reject) => {
    const next = join(ROOT, "node_modules", "next", "dist", "bin", "next");
    const child = spawn(process.execPath, [next, "build"], {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" },
    });
    let output = "";
    child.stdout.on("data", (chunk) => (output += chunk));
    child.stderr.on("data", (chunk) => (output += chunk));
    child.once("error", reject);
    child.once("exit", (code) => (code === 0 ? resolve() : reject(new Error(`The pages did not build:\n${output}`))));
  });
}

function fingerprint(): string {
  const hash = createHash("sha256");
  for (const file of SOURCES.flatMap(filesOf).filter((path) => BUNDLED.test(path))) {
    const bytes = readFileSync(join(ROOT, file));
    hash.update(`${file}\0${bytes.byteLength}\0`).update(bytes);
  }
  return hash.digest("hex");
}

function filesOf(source: string): string[] {
  const path = join(ROOT, source);
  if (!existsSync(path)) return [];
  if (/\.\w+$/.test(source)) return [source];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length))
    .sort();
}
