import { type Finding, finder, type Rule } from "../findings.ts";
import { originOf, tellOrigin } from "../origin.ts";
import { lineAt, type SourceFile } from "../source-file.ts";

const isCode = (file: SourceFile) => (file.language === "javascript" || file.language === "python") && !file.isTest;

const SQL = /^\s*(?:SELECT\b[\s\S]*\bFROM|INSERT\s+INTO|UPDATE\b[\s\S]*\bSET|DELETE\s+FROM)\b/i;

type Statement = { line: number; lines: number; raw: string; text: string; values: string[] };

/** SQL that is put together from text and values, with each value as it is written in the code. */
function builtStatements(file: SourceFile): Statement[] {
  const found: Statement[] = [];
  const add = (index: number, raw: string, text: string, values: string[]) => {
    if (!SQL.test(text.replaceAll("\uE000", "x"))) return;
    found.push({ line: lineAt(file.text, index), lines: raw.split("\n").length, raw, text, values });
  };
  if (file.language === "javascript") {
    for (const match of file.bare.matchAll(/`([^`]*)`/g)) {
      const values: string[] = [];
      const text = (match[1] ?? "").replace(/\$\{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}/g, (_, value: string) => {
        values.push(value.trim());
        return "\uE000";
      });
      add(match.index, match[0], text, values);
    }
  } else {
    for (const match of file.bare.matchAll(/\bf("""[\s\S]*?"""|"[^"\n]*"|'[^'\n]*')/g)) {
      const values: string[] = [];
      const text = (match[1] ?? "")
        .replace(/^"""|"""$|^["']|["']$/g, "")
        .replace(/\{([^{}]+)\}/g, (_, value: string) => {
          values.push(value.replace(/![rsa]$|:[^:\]]*$/, "").trim());
          return "\uE000";
        });
      add(match.index, match[0], text, values);
    }
    for (const match of file.bare.matchAll(
      /("[^"\n]*%s[^"\n]*"|'[^'\n]*%s[^'\n]*')\s*%\s*(\([^()]*(?:\([^()]*\))*[^()]*\)|[\w.[\]"']+)/g,
    )) {
      const values = (match[2] ?? "")
        .replace(/^\(|,?\s*\)$/g, "")
        .split(",")
        .map((v) => v.trim());
      add(match.index, match[0], (match[1] ?? "").slice(1, -1).replace(/%s/g, "\uE000"), values);
    }
  }
  const joined = /("[^"\n]*"|'[^'\n]*')((?:\s*\+\s*(?:"[^"\n]*"|'[^'\n]*'|[A-Za-z_$][\w$.[\]]*(?:\([^()\n]*\))?))+)/g;
  for (const match of file.bare.matchAll(joined)) {
    const values: string[] = [];
    let text = "";
    for (const [part] of match[0].matchAll(/"[^"\n]*"|'[^'\n]*'|[A-Za-z_$][\w$.[\]]*(?:\([^()\n]*\))?/g)) {
      if (/^["']/.test(part)) text += part.slice(1, -1);
      else {
        values.push(part);
        text += "\uE000";
      }
    }
    add(match.index, match[0], text, values);
  }
  return found;
}

/** The same statement with placeholders, and the values beside it. Names of columns cannot be placeholders. */
function parameterised(statement: Statement, python: boolean): string {
  const values: string[] = [];
  const known: string[] = [];
  let at = 0;
  const text = statement.text.replace(/(ORDER BY\s+|FROM\s+)?(['"]?)(%?)\uE000(%?)\2/gi, (...match) => {
    const [, name, , before, after] = match as string[];
    const value = statement.values[at] ?? "value";
    at += 1;
    if (name) {
      known.push(value);
      return python ? `${name}{${value}}` : `${name}\${${value}}`;
    }
    const quoted = `${before}${python ? "{" : "${"}${value}}${after}`;
    values.push(before || after ? (python ? `f"${quoted}"` : `\`${quoted}\``) : value);
    return python ? "%s" : `$${values.length}`;
  });
  const clean = text.trim();
  const long = clean.includes("\n");
  const [open, close] = python
    ? [`${known.length > 0 ? "f" : ""}${long ? '"""' : '"'}`, long ? '"""' : '"']
    : long || known.length > 0
      ? ["`", "`"]
      : ['"', '"'];
  const checks = known.map((name) =>
    python
      ? `if ${name} not in {"name", "price"}:\n    raise ValueError("unknown column")\n`
      : `if (!["name", "price"].includes(${name})) throw new Error("unknown column");\n`,
  );
  return python
    ? `${checks.join("")}cursor.execute(${open}${clean}${close}, (${values.join(", ")}${values.length === 1 ? "," : ""}))`
    : `${checks.join("")}await db.query(${open}${clean}${close}, [${values.join(", ")}]);`;
}

const sql: Rule = {
  id: "sql-built-from-values",
  topic: "injection",
  looksFor: "SQL put together from values",
  applies: isCode,
  check(file, project, seen) {
    const make = finder(sql, file);
    const found: Finding[] = [];
    for (const match of file.bare.matchAll(
      /["'`]\s*(?:SELECT\b[^"'`]*\bFROM|INSERT\s+INTO|UPDATE\b[^"'`]*\bSET|DELETE\s+FROM)\b/gi,
    ))
      seen(lineAt(file.text, match.index));
    for (const statement of builtStatements(file)) {
      const risky = statement.values.filter(
        (value) =>
          originOf(file, value, statement.line).kind !== "constant" &&
          !/placeholder|\.map\(\(?_?,?\s*\w*\)?\s*=>\s*[`"']\$/i.test(value),
      );
      const [value] = risky;
      if (value === undefined) continue;
      const origin = originOf(file, value, statement.line);
      const identifier = /\bORDER BY\s*\uE000|\bFROM\s*\uE000|\uE000\s+(?:ASC|DESC)\b/i.test(statement.text);
      const table = /\b(?:FROM|INTO|UPDATE)\s+([\w.]+)/i.exec(statement.text)?.[1];
      found.push(
        make({
          severity: origin.kind === "request" ? "critical" : "high",
          line: statement.line,
          lines: Math.min(statement.lines, 6),
          title: `SQL injection${table ? ` in the ${/^\s*(\w+)/.exec(statement.text)?.[1]?.toUpperCase()} on ${table}` : ""}`,
          why: `The statement takes \`${value}\` into its text, and ${tellOrigin(origin, value, file, project)}. A value with a quotation mark or a sub-select in it changes the statement${table ? ` and can read or alter more than the intended rows of ${table}` : ""}.`,
          fix:
            identifier && statement.values.length === 1
              ? {
                  text: "A column name cannot be a parameter, so let only known names through:",
                  language: file.fence,
                  code:
                    file.language === "python"
                      ? `ALLOWED = {"name", "price", "created_at"}\nif ${value} not in ALLOWED:\n    raise ValueError("unknown column")`
                      : `const ALLOWED = new Set(["name", "price", "created_at"]);\nif (!ALLOWED.has(${value})) throw new Error("unknown column");`,
                }
              : {
                  text: "Send the value beside the statement instead of inside it:",
                  language: file.fence,
                  code: parameterised(statement, file.language === "python"),
                },
        }),
      );
    }
    return found;
  },
};

export const sqlRules: Rule[] = [sql];
