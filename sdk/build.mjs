// Builds dist/esm and dist/cjs from src with the TypeScript compiler alone: each file is transpiled twice and declared
// once. Runs in the workspace's postinstall, so it is quick and checks no types; `--check` does that first (prepack).
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import ts from "typescript";

const LIMIT_BYTES = 15 * 1024;
const here = dirname(fileURLToPath(import.meta.url));
const source = join(here, "src");
const dist = join(here, "dist");
const fresh = join(here, `dist.${process.pid}`);

function write(file, text) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** Files import their neighbours as `./x.ts`; what is emitted is called `./x.js`. */
function namedAsEmitted(text) {
  return text.replace(/(["'])(\.{1,2}\/[^"']+)\.ts\1/g, "$1$2.js$1");
}

function stopOn(diagnostics) {
  if (diagnostics.length === 0) return;
  const host = { getCanonicalFileName: (f) => f, getCurrentDirectory: () => here, getNewLine: () => "\n" };
  console.error(ts.formatDiagnosticsWithColorAndContext(diagnostics, host));
  rmSync(fresh, { recursive: true, force: true });
  process.exit(1);
}

const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: (diagnostic) => stopOn([diagnostic]) };
const config = ts.getParsedCommandLineOfConfigFile(join(here, "tsconfig.json"), {}, host);
if (process.argv.includes("--check")) {
  stopOn(ts.getPreEmitDiagnostics(ts.createProgram(config.fileNames, config.options)));
}

const emitted = [];
for (const name of readdirSync(source, { recursive: true }).filter((f) => f.endsWith(".ts"))) {
  const text = readFileSync(join(source, name), "utf8");
  const options = { target: ts.ScriptTarget.ES2022, isolatedDeclarations: true, declaration: true };
  const declared = ts.transpileDeclaration(text, { fileName: name, compilerOptions: options, reportDiagnostics: true });
  stopOn(declared.diagnostics ?? []);
  for (const [format, module] of [
    ["esm", ts.ModuleKind.ESNext],
    ["cjs", ts.ModuleKind.CommonJS],
  ]) {
    const { outputText } = ts.transpileModule(text, {
      fileName: name,
      // The declarations carry the documentation. platform.ts has a comment that a bundler has to see.
      compilerOptions: { target: options.target, module, removeComments: !name.endsWith("platform.ts") },
    });
    const script = namedAsEmitted(outputText);
    write(join(fresh, format, name.replace(/\.ts$/, ".js")), script);
    write(join(fresh, format, name.replace(/\.ts$/, ".d.ts")), namedAsEmitted(declared.outputText));
    if (format === "esm") emitted.push(script);
  }
}
write(join(fresh, "cjs", "package.json"), '{ "type": "commonjs" }\n');
write(join(fresh, "esm", "package.json"), '{ "type": "module", "sideEffects": false }\n');
rmSync(dist, { recursive: true, force: true });
renameSync(fresh, dist);

const size = gzipSync(emitted.join("\n"), { level: 9 }).length;
console.log(`@ai-city/sdk: ${(size / 1024).toFixed(1)} kB gzip (limit ${LIMIT_BYTES / 1024} kB)`);
if (size > LIMIT_BYTES) process.exit(1);
