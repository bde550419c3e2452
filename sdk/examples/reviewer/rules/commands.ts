import { type Finding, finder, type Rule } from "../findings.ts";
import { originOf, requestPart, tellOrigin } from "../origin.ts";
import type { SourceFile } from "../source-file.ts";

const isCode = (file: SourceFile) => (file.language === "javascript" || file.language === "python") && !file.isTest;

const command: Rule = {
  id: "command-built-from-values",
  topic: "injection",
  looksFor: "shell commands and evaluated code made from values",
  applies: isCode,
  check(file, project, seen) {
    const make = finder(command, file);
    const found: Finding[] = [];
    for (const [index, text] of file.codeLines.entries()) {
      const line = index + 1;
      const bare = file.bareLines[index] ?? "";
      if (file.language === "javascript") {
        const evaluated = /(?<![\w.$])(?:eval|new Function)\s*\(\s*([^)]*)/.exec(bare);
        if (evaluated && /(?<![\w.$])(?:eval|new Function)\s*\(/.test(text)) {
          const value = (evaluated[1] ?? "").trim();
          const origin = originOf(file, value, line);
          if (origin.kind !== "constant")
            found.push(
              make({
                severity: "critical",
                line,
                title: "Text is run as code",
                why: `${capital(tellOrigin(origin, value, file, project))}. Whatever it holds runs with the rights of this process, environment and database connection included.`,
                fix: {
                  text: "If only data or a sum is wanted, parse it as such:",
                  language: file.fence,
                  code: `const parsed = JSON.parse(${value});`,
                },
              }),
            );
        }
        const run =
          /(?<![\w$])(?:child_process\.|cp\.)?(execSync|exec)\s*\(\s*(`[^`]*\$\{([^}]+)\}[^`]*`|["'][^"'\n]*["']\s*\+\s*([\w$.[\]]+)[^,)]*)/.exec(
            bare,
          );
        if (run && !/\.\s*exec\s*\(/.test(text.replace(/(?:child_process|cp)\.exec/g, "")))
          found.push(shell(file, line, run[1] ?? "exec", run[2] ?? "", (run[3] ?? run[4] ?? "").trim(), project));
        seenIf(/(?<![\w$.])(?:execFile|execFileSync|spawn|spawnSync)\s*\(/.test(text), seen, line);
      } else {
        const evaluated =
          /(?<![\w.])(eval|exec)\s*\(\s*([^)]+)/.exec(text) && /(?<![\w.])(eval|exec)\s*\(\s*([^),]+)/.exec(bare);
        if (evaluated) {
          const value = (evaluated[2] ?? "").trim();
          if (originOf(file, value, line).kind !== "constant")
            found.push(
              make({
                severity: "critical",
                line,
                title: `${evaluated[1]}() runs text as Python`,
                why: `${capital(tellOrigin(originOf(file, value, line), value, file, project))}. Anything from \`__import__("os")\` on can be reached from there.`,
                fix: {
                  text: "For literals there is a parser that runs nothing:",
                  language: "python",
                  code: `import ast\n\nvalue = ast.literal_eval(${value})`,
                },
              }),
            );
        }
        if (/shell\s*=\s*True/.test(text) || /\bos\.(?:system|popen)\s*\(/.test(text)) {
          const value =
            /\{([^{}]+)\}/.exec(bare)?.[1] ??
            /\+\s*([\w.]+)/.exec(bare)?.[1] ??
            /(?:run|call|Popen|check_output|system|popen)\(\s*([A-Za-z_]\w*)/.exec(bare)?.[1];
          if (value !== undefined) {
            found.push(
              make({
                severity: "critical",
                line,
                title: "Shell command built from a value",
                why: `${capital(tellOrigin(originOf(file, value, line), value, file, project))}, and the shell reads \`;\`, \`|\` and \`$(…)\` in it as further commands.`,
                fix: {
                  text: "Pass the arguments as a list; no shell is involved then:",
                  language: "python",
                  code: argumentList(bare, value),
                },
              }),
            );
          }
        }
        if (/\bpickle\.loads?\s*\(/.test(text))
          found.push(
            make({
              severity: "high",
              line,
              title: "Unpickling runs what the data says",
              why: `\`${bare.trim()}\` rebuilds arbitrary objects, and a crafted pickle calls any function while it is loaded.`,
              fix: {
                text: "Keep such data in a format that holds only data:",
                language: "python",
                code: "import json\n\nstate = json.loads(raw)",
              },
            }),
          );
        if (/\byaml\.load\s*\(/.test(text) && !/Loader\s*=\s*(?:yaml\.)?(?:C?SafeLoader)/.test(text)) {
          const before = file.lines[index] ?? "";
          const after = before.replace(
            /yaml\.load\(([^,()]*(?:\([^()]*\))?)(?:,\s*Loader\s*=\s*[\w.]+)?\)/,
            "yaml.safe_load($1)",
          );
          found.push(
            make({
              severity: "high",
              line,
              title: "yaml.load() can build any Python object",
              why: "With this loader a tag such as `!!python/object/apply` in the file calls a function of the writer's choice.",
              fix: { text: "The safe loader reads the same plain documents:", language: "python", code: after.trim() },
              ...(after !== before && { edit: { line, before, after } }),
            }),
          );
        }
      }
    }
    return found;
  },
};

function shell(
  file: SourceFile,
  line: number,
  called: string,
  commandText: string,
  value: string,
  project: Parameters<Rule["check"]>[1],
): Finding {
  const words = commandText
    .replace(/^["'`]|["'`]$/g, "")
    .replace(/["']\s*\+\s*([\w$.[\]]+)(?:\s*\+\s*["'])?/g, (_, name: string) => `\${${name}}`)
    .split(/\s+/)
    .filter(Boolean);
  const args = words
    .slice(1)
    .map((word) =>
      /^["']?\$\{([^}]+)\}["']?$/.test(word)
        ? word.replace(/^["']?\$\{([^}]+)\}["']?$/, "$1")
        : word.includes("${")
          ? `\`${word.replace(/^["']|["']$/g, "")}\``
          : JSON.stringify(word),
    );
  return finder(
    command,
    file,
  )({
    severity: "critical",
    line,
    title: "Shell command built from a value",
    why: `${capital(tellOrigin(originOf(file, value, line), value, file, project))}. ${called}() hands the whole text to /bin/sh, which obeys a \`;\` or \`$(…)\` inside it.`,
    fix: {
      text: "Name the program and its arguments apart, so that no shell reads them:",
      language: file.fence,
      code: `${called === "execSync" ? "execFileSync" : "execFile"}(${JSON.stringify(words[0] ?? "")}, [${args.join(", ")}]);`,
    },
  });
}

function argumentList(bare: string, value: string): string {
  const text = /f?(["'])(.*?)\1/.exec(bare)?.[2] ?? "";
  const words = (text.includes(value) ? text : `${text} {${value}}`).split(/\s+/).filter(Boolean);
  const list = words.map((word) =>
    word === `{${value}}` ? value : word.includes("{") ? `f"${word.replace(/"/g, "")}"` : `"${word.replace(/"/g, "")}"`,
  );
  return `subprocess.run([${list.length > 1 ? list.join(", ") : `"program", ${value}`}], check=True)`;
}

function capital(text: string): string {
  return text.startsWith("`") ? `Here ${text}` : text.charAt(0).toUpperCase() + text.slice(1);
}

function seenIf(condition: boolean, seen: (line: number) => void, line: number): void {
  if (condition) seen(line);
}

const massAssignment: Rule = {
  id: "whole-body-written",
  topic: "access control",
  looksFor: "request bodies copied into records as a whole",
  applies: (file) => file.language === "javascript" && !file.isTest,
  check(file) {
    const make = finder(massAssignment, file);
    return file.bareLines.flatMap((text, index) => {
      const match =
        /Object\.assign\(\s*([\w$.]+)\s*,\s*(req(?:uest)?\.body)\s*\)/.exec(text) ??
        /\{\s*\.\.\.([\w$.]+),\s*\.\.\.(req(?:uest)?\.body)\b/.exec(text);
      if (!match || requestPart(match[2] ?? "") === undefined) return [];
      return [
        make({
          severity: "high",
          line: index + 1,
          title: `Every field of the request body lands in ${match[1]}`,
          why: `A client that adds a field the form does not have, such as \`role\` or \`id\`, sets it on \`${match[1]}\` too.`,
          fix: {
            text: "Take the fields this route is for, by name:",
            language: file.fence,
            code: `const { name, email } = ${match[2]};\nObject.assign(${match[1]}, { name, email });`,
          },
        }),
      ];
    });
  },
};

export const commandRules: Rule[] = [command, massAssignment];
