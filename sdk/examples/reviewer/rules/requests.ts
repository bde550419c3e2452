import { type Finding, finder, type Rule } from "../findings.ts";
import { originOf, requestPart, tellOrigin } from "../origin.ts";
import { functionAt, type SourceFile } from "../source-file.ts";

const isScript = (file: SourceFile) => file.language === "javascript" && !file.isTest;

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

export const requestRules: Rule[] = [files, redirect];
