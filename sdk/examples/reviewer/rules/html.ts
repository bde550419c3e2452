import { type Finding, finder, type Rule } from "../findings.ts";
import { originOf, tellOrigin } from "../origin.ts";
import type { SourceFile } from "../source-file.ts";

const ESCAPED = /\b(?:escape\w*|encode\w*|sanit\w*|DOMPurify\.\w+|Number|parseInt)\(|\.length\b|\.toFixed\(/i;

/** The values a text expression shows unescaped. */
function rawValues(expression: string): string[] {
  const inTemplate = [...expression.matchAll(/\$\{([^{}]+)\}/g)].map((m) => m[1] ?? "");
  const joined = [...expression.replace(/`[^`]*`/g, "").matchAll(/\+\s*([A-Za-z_$][\w$.[\]]*(?:\([^()]*\))?)/g)].map(
    (m) => m[1] ?? "",
  );
  const whole = /^\s*[A-Za-z_$][\w$.]*\s*;?\s*$/.test(expression) ? [expression.replace(/;\s*$/, "")] : [];
  return [...inTemplate, ...joined, ...whole].map((v) => v.trim()).filter((v) => !ESCAPED.test(v));
}

const html: Rule = {
  id: "unescaped-html",
  topic: "cross-site scripting",
  looksFor: "values written into HTML without escaping",
  applies: (file) =>
    (file.language === "javascript" || file.language === "html" || file.language === "python") && !file.isTest,
  check(file, project, seen) {
    const make = finder(html, file);
    const found: Finding[] = [];
    for (const [index, text] of file.bareLines.entries()) {
      const line = index + 1;
      const sink =
        /([\w$.[\]]+)\.(innerHTML|outerHTML)\s*\+?=\s*(?!=)(.*)$/.exec(text) ??
        /\b(document)\.(write|writeln)\((.*)$/.exec(text);
      if (sink) {
        seen(line);
        const expression = wholeExpression(file, index, sink[3] ?? "");
        const [value] = rawValues(expression);
        const constant = value === undefined || originOf(file, value, line).kind === "constant";
        if (!constant) {
          const assign = sink[2] === "innerHTML" && expression.trim().replace(/;$/, "") === value;
          found.push(
            make({
              severity: "high",
              line,
              lines: Math.min(4, expression.split("\n").length),
              title: `${sink[2]} shows \`${value}\` as markup`,
              why: `${tellOrigin(originOf(file, value, line), value, file, project).replace(/^./, (c) => c.toUpperCase())}; an \`<img onerror=…>\` in it runs script in the page of whoever looks at it.`,
              fix: assign
                ? {
                    text: "Set text as text, and build elements where markup is needed:",
                    language: file.fence,
                    code: `${sink[1]}.textContent = ${value};`,
                  }
                : {
                    text: "Escape each value before it becomes part of the markup:",
                    language: file.fence,
                    code: `const escapeHtml = (text) =>\n  String(text).replace(/[&<>"']/g, (c) => \`&#\${c.charCodeAt(0)};\`);\n// and at the place itself:\n\${escapeHtml(${value})}`,
                  },
            }),
          );
        }
      }
      const sent =
        file.language === "javascript" &&
        /\b(?:res|reply|response)\.(?:status\([^)]*\)\.)?(?:send|end|write)\(\s*([`"'].*)$/.exec(text);
      if (sent && /^[`"'][^`"']*</.test(sent[1] ?? "")) {
        const [value] = rawValues(sent[1] ?? "");
        const origin = value === undefined ? undefined : originOf(file, value, line);
        if (value !== undefined && origin?.kind === "request")
          found.push(
            make({
              severity: "high",
              line,
              title: "A request's own text comes back as HTML",
              why: `${tellOrigin(origin, value, file, project).replace(/^./, (c) => c.toUpperCase())}: a link prepared with a script in it runs that script on this site for anybody who opens it.`,
              fix: {
                text: "Escape it, or answer with plain text:",
                language: file.fence,
                code: `res.type("text/plain").send(${value});`,
              },
            }),
          );
      }
      if (file.language === "html") {
        const raw =
          /<%-\s*(?!include\b)([^%]+?)\s*%>/.exec(text) ??
          /\{\{\s*([^{}|]+?)\s*\|\s*safe\s*\}\}/.exec(text) ??
          /\{\{\{\s*([^{}]+?)\s*\}\}\}/.exec(text);
        if (raw && !ESCAPED.test(raw[1] ?? ""))
          found.push(
            make({
              severity: "high",
              line,
              title: `The template prints \`${raw[1]}\` unescaped`,
              why: `This tag switches escaping off, so markup stored in \`${raw[1]}\` becomes part of the page.`,
              fix: {
                text: "The escaping tag of the same engine:",
                language: file.fence,
                code: raw[0].startsWith("<%") ? `<%= ${raw[1]} %>` : `{{ ${raw[1]} }}`,
              },
            }),
          );
        else if (/<%=/.test(text) || /\{\{/.test(text)) seen(line);
      }
      if (file.language === "python" && /\bMarkup\(|\|\s*safe\b/.test(text) && rawPython(text)) {
        const value = rawPython(text) as string;
        found.push(
          make({
            severity: "high",
            line,
            title: `Markup() declares \`${value}\` safe`,
            why: `${tellOrigin(originOf(file, value, line), value, file, project).replace(/^./, (c) => c.toUpperCase())}, and Markup() tells the template engine not to escape it.`,
            fix: {
              text: "Let the engine escape it:",
              language: "python",
              code: `from markupsafe import escape\n\nescape(${value})`,
            },
          }),
        );
      }
    }
    return found;
  },
};

function rawPython(text: string): string | undefined {
  return (
    /Markup\(\s*f["'][^"']*\{([^{}]+)\}/.exec(text)?.[1] ??
    /Markup\(\s*["'][^"']*["']\s*\+\s*(\w+)/.exec(text)?.[1] ??
    /Markup\(\s*([a-z_]\w*)\s*\)/.exec(text)?.[1]
  );
}

/** An expression up to where its statement ends, over several lines for a template. */
function wholeExpression(file: SourceFile, index: number, first: string): string {
  let text = first;
  for (
    let i = index + 1;
    i < file.bareLines.length && (text.split("`").length % 2 === 0 || !/[;]\s*$/.test(text)) && i < index + 12;
    i += 1
  ) {
    if (text.split("`").length % 2 === 1 && /[;)]\s*$/.test(text)) break;
    text += `\n${file.bareLines[i]}`;
  }
  return text;
}

export const htmlRules: Rule[] = [html];
