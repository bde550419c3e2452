/** Whether changed files still parse, found out by programs inside a sandbox: nothing of the buyer's is read outside. */
import { shellQuote } from "../kernel/shell-quote.ts";

export type ParseResult = {
  readonly path: string;
  /** Null: it parses. */
  readonly message: string | null;
};

const SCRIPT = /\.[cm]?[jt]s$/;
const PYTHON = /\.py$/;
const SHELL = /\.(?:sh|bash)$/;
const JSON_FILE = /\.json$/;
/** JSON by name, with comments by habit. */
const COMMENTED = /(?:^|\/)(?:[jt]sconfig[^/]*|devcontainer|\.?eslintrc)\.json$|(?:^|\/)\.vscode\//;
const MAX_FILES = 200;

/** The changed files that one of the parsers below knows. */
export function parseable(paths: readonly string[]): string[] {
  const known = (path: string) =>
    SCRIPT.test(path) || PYTHON.test(path) || SHELL.test(path) || (JSON_FILE.test(path) && !COMMENTED.test(path));
  return paths.filter(known).slice(0, MAX_FILES);
}

/**
 * The command line that parses these files and prints one JSON object a line. The parsers load nothing from the
 * repository: node gets its program as an argument, python runs isolated.
 */
export function parseCommand(paths: readonly string[]): string {
  const groups: [RegExp, (files: string) => string][] = [
    [
      new RegExp(`${SCRIPT.source}|${JSON_FILE.source}`),
      (files) => `node --no-warnings -e ${shellQuote(NODE)} -- ${files}`,
    ],
    [PYTHON, (files) => `python3 -I -S -c ${shellQuote(PYTHON_PROGRAM)} ${files}`],
    [SHELL, (files) => `bash -c ${shellQuote(SHELL_PROGRAM)} bash ${files}`],
  ];
  return groups
    .map(([kind, command]) => [paths.filter((path) => kind.test(path)), command] as const)
    .filter(([files]) => files.length > 0)
    .map(([files, command]) => command(files.map(shellQuote).join(" ")))
    .join("\n");
}

/** What the parsers said; a line that is none of theirs is passed over. */
export function readParse(stdout: string): ParseResult[] {
  return stdout.split("\n").flatMap((line) => {
    try {
      const { path, message } = JSON.parse(line) as { path?: unknown; message?: unknown };
      if (typeof path !== "string") return [];
      return [{ path, message: typeof message === "string" ? message.slice(0, 200) : null }];
    } catch {
      return [];
    }
  });
}

/**
 * JavaScript counts as parsed when either reading of it does: TypeScript's (which is a module's, too), or a function
 * body's, as CommonJS is. Files with JSX under a plain name, too old a node, and what is no regular file say nothing.
 */
const NODE = `
const fs = require("node:fs"), vm = require("node:vm");
const strip = require("node:module").stripTypeScriptTypes;
for (const path of process.argv.slice(1)) {
  let message = null;
  try {
    const stat = fs.lstatSync(path);
    if (!stat.isFile() || stat.size > 1000000) continue;
    const text = fs.readFileSync(path, "utf8");
    try {
      if (path.endsWith(".json")) JSON.parse(text);
      else if (!strip) continue;
      else strip(text, { mode: "transform" });
    } catch (error) {
      message = String(error.message).split("\\n")[0];
      if (/\\.c?js$/.test(path)) try { new vm.Script("(function(){" + text.replace(/^#!.*/, "") + "\\n})"); message = null; } catch {}
      if (message !== null && /\\.[cm]?js$/.test(path) && /<\\/|\\/>|@flow/.test(text)) continue;
    }
  } catch { continue; }
  console.log(JSON.stringify({ path, message }));
}`;

const PYTHON_PROGRAM = `
import ast, json, os, stat, sys
for path in sys.argv[1:]:
    message = None
    try:
        info = os.lstat(path)
        if not stat.S_ISREG(info.st_mode) or info.st_size > 1000000: continue
        data = open(path, "rb").read()
    except OSError: continue
    try: ast.parse(data, path)
    except (SyntaxError, ValueError) as e: message = "%s (line %s)" % (getattr(e, "msg", e), getattr(e, "lineno", "?"))
    except (RecursionError, MemoryError): continue
    print(json.dumps({"path": path, "message": message}))`;

const SHELL_PROGRAM = `
for path in "$@"; do
  [ -f "$path" ] && [ ! -L "$path" ] || continue
  case "$path" in *[\\"\\\\]*) continue ;; esac
  if bash -n "$path" 2>/dev/null; then echo "{\\"path\\":\\"$path\\",\\"message\\":null}"
  else echo "{\\"path\\":\\"$path\\",\\"message\\":\\"bash does not parse it\\"}"; fi
done`;
