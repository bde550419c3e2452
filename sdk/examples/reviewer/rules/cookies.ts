import { type Finding, finder, type Rule } from "../findings.ts";
import { functionAt, type SourceFile } from "../source-file.ts";

const cookies: Rule = {
  id: "open-cookie",
  topic: "sessions and cookies",
  looksFor: "cookies without HttpOnly, Secure or SameSite",
  applies: (file) => (file.language === "javascript" || file.language === "python") && !file.isTest,
  check(file, _project, seen) {
    const make = finder(cookies, file);
    const found: Finding[] = [];
    for (const [index, text] of file.bareLines.entries()) {
      const line = index + 1;
      const set = /\b(res|reply|response)\.(cookie|set_cookie|setCookie)\(\s*(["'`]?[\w.-]+["'`]?)\s*,/.exec(text);
      if (set) {
        const call = callText(file, index);
        const python = file.language === "python";
        const missing = [
          python
            ? !/httponly\s*=\s*True/.test(call) && "httponly=True"
            : !/httpOnly:\s*true/.test(call) && "httpOnly: true",
          python
            ? !/secure\s*=\s*(?!False)/.test(call) && "secure=True"
            : !/secure:\s*(?!false)/.test(call) && "secure: true",
          python ? !/samesite\s*=/.test(call) && 'samesite="Lax"' : !/sameSite:/.test(call) && 'sameSite: "lax"',
        ].filter((part): part is string => part !== false);
        const value = /,\s*(.+?)\s*(?:,\s*\{|,\s*\w+=|\)\s*;?\s*$)/.exec(text.slice(set.index))?.[1] ?? "value";
        const sensitive = /sess|sid|token|auth|user|cart/i.test(set[3] ?? "");
        if (missing.length === 0) seen(line);
        else if (sensitive && missing.length > 1) {
          const has = /httpOnly|httponly/.exec(missing[0] ?? "") !== null;
          found.push(
            make({
              severity: /sess|sid|token|auth/i.test(set[3] ?? "") ? "high" : "medium",
              line,
              lines: Math.min(6, call.split("\n").length),
              title: `The ${(set[3] ?? "").replace(/["'`]/g, "")} cookie is not protected`,
              why: `${has ? "Script in the page can read it" : "It travels over plain HTTP too"}; it lacks ${missing.join(", ")}, and it is what says who the visitor is.`,
              fix: {
                text: "Set it with all three:",
                language: file.fence,
                code: python
                  ? `${set[1]}.set_cookie(${set[3]}, ${value}, ${missing.join(", ")})`
                  : `${set[1]}.${set[2]}(${set[3]}, ${value}, { ${[...new Set([...missing])].join(", ")} });`,
              },
            }),
          );
        }
      }
      const off = /\b(httpOnly|secure):\s*false\b/.exec(text);
      if (off && !set && /cookie|session/i.test(file.bareLines.slice(Math.max(0, index - 8), index + 2).join("\n"))) {
        const before = file.lines[index] ?? "";
        const after = before.replace(off[0], `${off[1]}: true`);
        found.push(
          make({
            severity: "medium",
            line,
            title: `The session cookie is set with ${off[0]}`,
            why:
              off[1] === "httpOnly"
                ? "Any script that gets into a page can read the session and send it elsewhere."
                : "The session also goes over plain HTTP, where everyone on the way can take it.",
            fix: {
              text: "Switch the protection on (behind a proxy that ends TLS, tell the framework to trust it):",
              language: file.fence,
              code: after.trim(),
            },
            edit: { line, before, after },
          }),
        );
      }
      if (
        file.language === "javascript" &&
        /\breq\.session\.(?:userId|user|uid|account\w*)\s*=(?!=)\s*(?!null|undefined)/.test(text)
      ) {
        const around = functionAt(file, line);
        const body = file.codeLines.slice((around?.start ?? 1) - 1, around?.end ?? line).join("\n");
        if (/session\.regenerate\(/.test(body)) seen(line);
        else
          found.push(
            make({
              severity: "high",
              line,
              title: "Session fixation: the session id survives the login",
              why: `The visitor's id from before the login becomes the signed-in one (${around?.name ? `in ${around.name}()` : "in this handler"}). Whoever planted that id in the browser is signed in too.`,
              fix: {
                text: "Start a new session before writing into it:",
                language: file.fence,
                code: `req.session.regenerate((error) => {\n  if (error) return next(error);\n  ${text.trim()}\n});`,
              },
            }),
          );
      }
    }
    return found;
  },
};

function callText(file: SourceFile, index: number): string {
  let text = "";
  let depth = 0;
  for (let i = index; i < Math.min(index + 15, file.bareLines.length); i += 1) {
    text += `${i > index ? "\n" : ""}${file.bareLines[i]}`;
    for (const char of file.codeLines[i] ?? "") depth += char === "(" ? 1 : char === ")" ? -1 : 0;
    if (depth <= 0) break;
  }
  return text;
}

export const cookieRules: Rule[] = [cookies];
