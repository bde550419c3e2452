import { type FunctionRange, javaScriptFunctions, pythonFunctions } from "./functions.ts";
import { maskHash, maskJavaScript, maskPython } from "./mask.ts";

export type Language =
  | "javascript"
  | "python"
  | "shell"
  | "docker"
  | "html"
  | "json"
  | "yaml"
  | "env"
  | "requirements"
  | "other";

export type SourceFile = {
  path: string;
  language: Language;
  /** For a fenced block in Markdown. */
  fence: string;
  isTest: boolean;
  text: string;
  lines: string[];
  /** Comments blanked; same offsets as `text`. */
  bare: string;
  bareLines: string[];
  /** Comments and the inside of strings blanked; same offsets as `text`. */
  code: string;
  codeLines: string[];
  functions: FunctionRange[];
};

const SCRIPTS = /\.(?:[cm]?[jt]s|[jt]sx)$/;

export function languageOf(path: string, text = ""): Language {
  const name = path.split("/").at(-1) ?? "";
  if (SCRIPTS.test(name)) return "javascript";
  if (/\.pyi?$/.test(name)) return "python";
  if (/\.(?:sh|bash)$/.test(name) || /^#!.*\b(?:ba|da|z)?sh\b/.test(text)) return "shell";
  if (/^Dockerfile|\.dockerfile$/i.test(name)) return "docker";
  if (/\.(?:html?|ejs|hbs|jinja2?|vue|svelte)$/.test(name)) return "html";
  if (/\.json$/.test(name)) return "json";
  if (/\.ya?ml$/.test(name)) return "yaml";
  if (/^\.env/.test(name) || /\.(?:env|ini|toml|properties|cfg)$/.test(name)) return "env";
  if (/^requirements[\w.-]*\.txt$/.test(name)) return "requirements";
  return "other";
}

export function isTestPath(path: string): boolean {
  return (
    /(?:^|\/)(?:tests?|__tests__|specs?|e2e|fixtures)\//.test(path) ||
    /(?:\.|_)(?:test|spec)\.[^/]+$|(?:^|\/)(?:test_[^/]+|conftest)\.py$/.test(path)
  );
}

export function makeSourceFile(path: string, text: string): SourceFile {
  const language = languageOf(path, text);
  const { bare, code } = maskFor(language, text);
  const extension = path.split(".").at(-1) ?? "";
  const fence =
    language === "javascript"
      ? /tsx?$|ts$/.test(extension)
        ? "ts"
        : "js"
      : language === "docker"
        ? "dockerfile"
        : language === "shell"
          ? "sh"
          : language === "python"
            ? "python"
            : extension;
  const functions =
    language === "javascript" ? javaScriptFunctions(code) : language === "python" ? pythonFunctions(code) : [];
  const split = (part: string) => part.split("\n");
  return {
    path,
    language,
    fence: /^[a-z]{1,10}$/.test(fence) ? fence : "",
    isTest: isTestPath(path),
    text,
    lines: text.split(/\r?\n/),
    bare,
    bareLines: split(bare),
    code,
    codeLines: split(code),
    functions,
  };
}

function maskFor(language: Language, text: string) {
  if (language === "javascript") return maskJavaScript(text);
  if (language === "python") return maskPython(text);
  if (language === "html" || language === "json") return { bare: text, code: text };
  return maskHash(text);
}

/** The line, from 1, that holds an offset. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let i = text.indexOf("\n"); i >= 0 && i < offset; i = text.indexOf("\n", i + 1)) line += 1;
  return line;
}

/** The innermost function around a line. */
export function functionAt(file: SourceFile, line: number): FunctionRange | undefined {
  return file.functions
    .filter((f) => f.start <= line && line <= f.end)
    .sort((a, b) => a.end - a.start - (b.end - b.start))[0];
}
