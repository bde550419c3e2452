import type { Project } from "./findings.ts";
import { functionAt, type SourceFile } from "./source-file.ts";

/** Where the value of a name comes from, as far as one function tells. */
export type Origin =
  | { kind: "request"; line: number; expression: string }
  | { kind: "parameter"; of: string }
  | { kind: "constant" }
  | { kind: "unknown" };

const JS_REQUEST = /\b(?:req|request|ctx|c)\.(?:query|params|body|headers|cookies|param|request)\b[\w.?[\]"'()]*/;
const PY_REQUEST =
  /\brequest\.(?:args|form|json|values|GET|POST|cookies|headers|files|query_params|get_json)\b(?:[\w.]|\[[^\]]*\]|\([^()]*\))*/;
const CONSTANT = /^(?:[A-Z][A-Z0-9_]*|-?\d[\d_.]*|true|false|null|None|True|False|(["'`])[^$]*\1)$/;

/** The part of the request that an expression reads itself, if any. */
export function requestPart(expression: string): string | undefined {
  return (JS_REQUEST.exec(expression) ?? PY_REQUEST.exec(expression))?.[0];
}

/** Follows an expression's first name back to the request, a parameter or a constant, within its function. */
export function originOf(file: SourceFile, expression: string, line: number): Origin {
  const direct = requestPart(expression);
  if (direct !== undefined) return { kind: "request", line, expression: direct };
  if (CONSTANT.test(expression.trim())) return { kind: "constant" };
  const name = /^[\s(]*(?:String\(|Number\(|str\()?([A-Za-z_$][\w$]*)/.exec(expression)?.[1];
  if (name === undefined) return { kind: "unknown" };
  const around = functionAt(file, line);
  const from = around?.start ?? 1;
  for (let at = line; at >= from; at -= 1) {
    const text = file.bareLines[at - 1] ?? "";
    const value = assigned(text, name);
    if (value === undefined) continue;
    const part = requestPart(value);
    if (part !== undefined) return { kind: "request", line: at, expression: part };
    if (CONSTANT.test(value.trim().replace(/;$/, ""))) return { kind: "constant" };
    return { kind: "unknown" };
  }
  if (around?.parameters.includes(name)) return { kind: "parameter", of: around.name };
  if (/^[A-Z][A-Z0-9_]*$/.test(name)) return { kind: "constant" };
  return { kind: "unknown" };
}

/** What a line assigns to a name, also by taking an object apart. */
function assigned(line: string, name: string): string | undefined {
  const escaped = name.replace(/\$/g, "\\$");
  const simple = new RegExp(`(?:^|[\\s;(])(?:const|let|var)?\\s*${escaped}\\s*(?::[^=]+)?=(?!=|>)\\s*(.+)$`).exec(line);
  if (simple) return simple[1];
  return new RegExp(`\\{[^}]*\\b${escaped}\\b[^}]*\\}\\s*(?::[^=]+)?=\\s*(.+)$`).exec(line)?.[1];
}

/** Says in words where a value comes from; part of the reason why a finding matters in this very code. */
export function tellOrigin(origin: Origin, expression: string, file: SourceFile, project: Project): string {
  if (origin.kind === "request") {
    return `\`${expression}\` comes from \`${origin.expression}\` (line ${origin.line}), so the sender of the request chooses it`;
  }
  if (origin.kind === "parameter" && origin.of !== "") {
    const call = firstCall(project, origin.of, file.path);
    const where = call === undefined ? "" : `, for one ${call.path}:${call.line}`;
    return `\`${expression}\` is whatever a caller of ${origin.of}() passes in${where}`;
  }
  return `nothing in this function limits what \`${expression}\` may hold`;
}

function firstCall(project: Project, name: string, notIn: string): { path: string; line: number } | undefined {
  const call = new RegExp(`(?<!function\\s|def\\s|[\\w$])${name.replace(/\$/g, "\\$")}\\(`);
  for (const file of project.files) {
    if (file.path === notIn || file.isTest) continue;
    const index = file.codeLines.findIndex((text) => call.test(text));
    if (index >= 0) return { path: file.path, line: index + 1 };
  }
  return undefined;
}
