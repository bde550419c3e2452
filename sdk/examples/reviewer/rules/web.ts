import { type Finding, finder, type Rule } from "../findings.ts";
import { originOf, requestPart, tellOrigin } from "../origin.ts";
import { functionAt, type SourceFile } from "../source-file.ts";

const isScript = (file: SourceFile) => file.language === "javascript" && !file.isTest;
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

const files: Rule = {
  id: "path-from-request",
  topic: "file access",
  looksFor: "file paths that a request chooses",
  applies: (file) => (file.language === "javascript" || file.language === "python") && !file.isTest,
  check(file, project, seen) {
    const make = finder(files, file);
    const found: Finding[] = [];
    const sink =
      file.language === "javascript"
        ? /\b(?:readFile(?:Sync)?|createReadStream|sendFile|writeFile(?:Sync)?|unlink(?:Sync)?|path\.(?:join|resolve))\(\s*(.+)$/
        : /(?<![\w.])(?:open|send_file|os\.path\.join|os\.remove)\(\s*(.+)$/;
    const done = new Set<string>();
    for (const [index, text] of file.bareLines.entries()) {
      const match = sink.exec(text);
      if (!match) continue;
      const line = index + 1;
      const parts = (match[1] ?? "")
        .split(/[,+]|\$\{|\{/)
        .map((part) => part.trim().replace(/[)};`'"\s].*$/s, ""))
        .filter((part) => /^[A-Za-z_$]/.test(part));
      const value = parts.find(
        (part) => originOf(file, part, line).kind === "request" || requestPart(part) !== undefined,
      );
      const around = functionAt(file, line);
      const body = file.codeLines.slice((around?.start ?? 1) - 1, around?.end ?? line).join("\n");
      const guarded = /\.startsWith\(|\bbasename\(|secure_filename\(|\.startswith\(|is_relative_to\(|realpath\(/.test(
        body,
      );
      if (value === undefined) continue;
      if (guarded) seen(line);
      const key = `${around?.start ?? line} ${value}`;
      if (guarded || done.has(key)) continue;
      done.add(key);
      found.push(
        make({
          severity: "high",
          line,
          title: "A request can name any file",
          why: `${tellOrigin(originOf(file, value, line), value, file, project).replace(/^./, (c) => c.toUpperCase())}. With \`../\` in it the path leaves its folder, as far as the process may read.`,
          fix: {
            text: "Resolve the path and refuse what lies outside the folder:",
            language: file.fence,
            code:
              file.language === "javascript"
                ? `const base = path.resolve(BASE_DIR);\nconst target = path.resolve(base, ${value});\nif (!target.startsWith(base + path.sep)) throw new Error("outside the folder");`
                : `base = Path(BASE_DIR).resolve()\ntarget = (base / ${value}).resolve()\nif not target.is_relative_to(base):\n    abort(404)`,
          },
        }),
      );
    }
    return found;
  },
};

const redirect: Rule = {
  id: "request-chooses-address",
  topic: "network",
  looksFor: "redirects and outgoing requests to an address from the request, open CORS",
  applies: isScript,
  check(file, project) {
    const make = finder(redirect, file);
    return file.bareLines.flatMap((text, index): Finding[] => {
      const line = index + 1;
      const to = /\bres\.redirect\(\s*(?:\d+\s*,\s*)?([\w$.[\]?"']+)/.exec(text)?.[1];
      if (to && originOf(file, to, line).kind === "request")
        return [
          make({
            severity: "medium",
            line,
            title: "Open redirect",
            why: `${tellOrigin(originOf(file, to, line), to, file, project).replace(/^./, (c) => c.toUpperCase())}, so a link to this site can end on a copy of its sign-in page elsewhere.`,
            fix: {
              text: "Let only paths of this site through:",
              language: file.fence,
              code: `const next = String(${to} ?? "/");\nres.redirect(/^\\/(?![\\/\\\\])/.test(next) ? next : "/");`,
            },
          }),
        ];
      const fetched = /\b(?:fetch|axios\.get|axios|got|http\.get)\(\s*([\w$.[\]?"']+)/.exec(text)?.[1];
      if (fetched && originOf(file, fetched, line).kind === "request")
        return [
          make({
            severity: "high",
            line,
            title: "The server fetches any address it is told",
            why: `${tellOrigin(originOf(file, fetched, line), fetched, file, project).replace(/^./, (c) => c.toUpperCase())}. Addresses inside the network, such as the cloud's metadata service, are reachable from here.`,
            fix: {
              text: "Fetch from known hosts only:",
              language: file.fence,
              code: `const url = new URL(${fetched});\nif (url.protocol !== "https:" || !ALLOWED_HOSTS.has(url.hostname)) throw new Error("host not allowed");`,
            },
          }),
        ];
      const origin =
        /Access-Control-Allow-Origin["']\s*,\s*(req\.headers(?:\.origin|\[["']origin["']\]))/i.exec(text) ??
        /\bcors\(\s*\{[^}]*origin:\s*(true|["']\*["'])[^}]*credentials:\s*true/.exec(text);
      if (origin)
        return [
          make({
            severity: "high",
            line,
            title: "Any site may call this with the visitor's cookies",
            why: `The answer allows whichever origin asks (\`${origin[1]}\`), credentials included, so a foreign page reads what only the visitor should.`,
            fix: {
              text: "Name the origins:",
              language: file.fence,
              code: `app.use(cors({ origin: ["https://shop.example.com"], credentials: true }));`,
            },
          }),
        ];
      return [];
    });
  },
};

export const webRules: Rule[] = [html, cookies, files, redirect];
