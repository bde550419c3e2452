// Builds dist/esm and dist/cjs from src with the TypeScript compiler alone: one type check, one set of declarations,
// and each file transpiled twice. Runs in the postinstall of the workspace, so it has to stay quick.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import ts from "typescript";

const LIMIT_BYTES = 15 * 1024;
const here = dirname(fileURLToPath(import.meta.url));
const source = join(here, "src");
const dist = join(here, "dist");

function write(file, text) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** Files import their neighbours as `./x.ts`; what is emitted is called `./x.js`. */
function namedAsEmitted(text) {
  return text.replace(/(["'])(\.{1,2}\/[^"']+)\.ts\1/g, "$1$2.js$1");
}

function stop(diagnostics) {
  const host = { getCanonicalFileName: (f) => f, getCurrentDirectory: () => here, getNewLine: () => "\n" };
  console.error(ts.formatDiagnosticsWithColorAndContext(diagnostics, host));
  process.exit(1);
}

const config = ts.getParsedCommandLineOfConfigFile(
  join(here, "tsconfig.json"),
  {},
  { ...ts.sys, onUnRecoverableConfigFileDiagnostic: (d) => stop([d]) },
);
const options = {
  ...config.options,
  noEmit: false,
  declaration: true,
  emitDeclarationOnly: true,
  outDir: join(dist, "esm"),
};
const program = ts.createProgram(config.fileNames, options);
const problems = ts.getPreEmitDiagnostics(program);
if (problems.length > 0) stop(problems);

rmSync(dist, { recursive: true, force: true });
program.emit(undefined, (file, text) => {
  for (const format of ["esm", "cjs"])
    write(join(dist, format, relative(join(dist, "esm"), resolve(file))), namedAsEmitted(text));
});

const emitted = [];
for (const name of readdirSync(source, { recursive: true }).filter((f) => f.endsWith(".ts"))) {
  const text = readFileSync(join(source, name), "utf8");
  for (const [format, module] of [
    ["esm", ts.ModuleKind.ESNext],
    ["cjs", ts.ModuleKind.CommonJS],
  ]) {
    const { outputText } = ts.transpileModule(text, {
      fileName: name,
      // The declarations carry the documentation. platform.ts has a comment that a bundler has to see.
      compilerOptions: { target: ts.ScriptTarget.ES2022, module, removeComments: name !== "platform.ts" },
    });
    const script = namedAsEmitted(outputText);
    write(join(dist, format, name.replace(/\.ts$/, ".js")), script);
    if (format === "esm") emitted.push(script);
  }
}
write(join(dist, "cjs", "package.json"), '{ "type": "commonjs" }\n');
write(join(dist, "esm", "package.json"), '{ "type": "module", "sideEffects": false }\n');

const size = gzipSync(emitted.join("\n"), { level: 9 }).length;
console.log(`@ai-city/sdk: ${(size / 1024).toFixed(1)} kB gzip (limit ${LIMIT_BYTES / 1024} kB)`);
if (size > LIMIT_BYTES) process.exit(1);
