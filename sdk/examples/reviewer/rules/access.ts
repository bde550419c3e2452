import { type Finding, finder, type Rule } from "../findings.ts";
import { lineAt, type SourceFile } from "../source-file.ts";

const ROUTE = /\b(?:app|router|\w*[rR]outer|\w+Routes)\.(get|post|put|patch|delete)\(\s*["'`]([^"'`]+)["'`]\s*,/g;
const GUARD =
  /\b((?:require|ensure|check|must|verify|is|authenticate|authorize|only|with)(?:\w*(?:Auth|User|Login|LoggedIn|Signed|Admin|Staff|Session|Role|Owner|Permission)\w*|d)?)\b(?=\s*[,()])/i;
const OPEN_BY_NATURE =
  /log-?in|sign-?(?:in|up|out)|log-?out|register|health|webhook|callback|reset|search|contact|newsletter|cart/i;

type Route = { file: SourceFile; line: number; method: string; path: string; guard: string | undefined };

function routesOf(file: SourceFile): Route[] {
  return [...file.bare.matchAll(ROUTE)].map((match) => {
    const before = file.bare.slice(match.index + match[0].length, match.index + 600).split(/=>|\bfunction\b/)[0] ?? "";
    return {
      file,
      line: lineAt(file.bare, match.index),
      method: match[1] ?? "",
      path: match[2] ?? "",
      guard: GUARD.exec(before)?.[1],
    };
  });
}

const guards: Rule = {
  id: "route-without-guard",
  topic: "access control",
  looksFor: "routes that change or show data without the guard their neighbours have",
  applies: (file) => file.language === "javascript" && !file.isTest && routesOf(file).length > 0,
  check(file, project, seen) {
    const make = finder(guards, file);
    const all = project.files.filter((f) => f.language === "javascript" && !f.isTest).flatMap(routesOf);
    const guard =
      all.find((route) => route.file === file && route.guard)?.guard ?? all.find((route) => route.guard)?.guard;
    const whole =
      /\b(?:app|router|\w*[rR]outer)\.use\(\s*(?:["'`]\/?["'`]\s*,\s*)?(\w*(?:auth|require|ensure|login|admin)\w*)/i.exec(
        file.bare,
      )?.[1];
    return routesOf(file).flatMap((route): Finding[] => {
      if (route.guard || whole) {
        seen(route.line);
        return [];
      }
      const admin =
        /admin|internal|staff/i.test(`${route.path} ${file.path.split("/").at(-1)}`) && !/health/.test(route.path);
      const changes = route.method !== "get" && !OPEN_BY_NATURE.test(`${route.path} ${file.path}`);
      const body = handlerText(file, route.line);
      // A handler that looks at the session itself guards itself.
      if ((!admin && !changes) || guard === undefined || /\breq\.(?:session|user|account)\b/.test(body)) return [];
      const example = all.find((other) => other.guard === guard);
      return [
        make({
          severity: admin ? "critical" : "high",
          line: route.line,
          title: `${route.method.toUpperCase()} ${route.path} is open to everyone`,
          why: `Nothing between the address and the handler asks who is calling, while ${example?.file.path}:${example?.line} puts ${guard} in front. ${admin ? "This one is an administrator's" : `Anybody can ${route.method === "delete" ? "delete" : "change"} data here`}.`,
          fix: {
            text: "Put the guard that the project already has before the handler:",
            language: file.fence,
            code: (file.lines[route.line - 1] ?? "")
              .trim()
              .replace(
                /(["'`])\s*,\s*/,
                `$1, ${admin ? (all.find((r) => /admin|staff/i.test(r.guard ?? ""))?.guard ?? guard) : guard}, `,
              ),
          },
        }),
      ];
    });
  },
};

const owners: Rule = {
  id: "record-of-anyone",
  topic: "access control",
  looksFor: "records fetched by an id from the address without asking whose they are",
  applies: (file) => file.language === "javascript" && !file.isTest && routesOf(file).length > 0,
  check(file, _project, seen) {
    const make = finder(owners, file);
    return routesOf(file).flatMap((route): Finding[] => {
      const noun =
        /\/(orders?|invoices?|accounts?|users?|profiles?|messages?|address(?:es)?|payments?|carts?|documents?|subscriptions?)\/:(\w+)/.exec(
          route.path,
        );
      if (!noun) return [];
      const body = handlerText(file, route.line);
      const uses = new RegExp(
        `req\\.params\\.${noun[2]}\\b|\\{[^}]*\\b${noun[2]}\\b[^}]*\\}\\s*=\\s*req\\.params`,
      ).exec(body);
      if (!uses) return [];
      if (
        /\breq\.(?:session|user|account|auth)\b|\buserId\b|\bownerId\b|\bowner_id\b/.test(body) ||
        /admin|staff/i.test(route.guard ?? "")
      ) {
        seen(route.line);
        return [];
      }
      if (!route.guard) return [];
      const at = route.line + body.slice(0, uses.index).split("\n").length - 1;
      return [
        make({
          severity: "high",
          line: at,
          title: `Any signed-in visitor reaches anyone's ${noun[1]}`,
          why: `${route.method.toUpperCase()} ${route.path} is guarded by ${route.guard}, which tells that somebody is signed in, not whose record \`${noun[2]}\` is. Counting ids up is enough.`,
          fix: {
            text: "Make the owner part of the look-up, and answer 404 when it does not fit:",
            language: file.fence,
            code: `const record = await find${noun[1]?.charAt(0).toUpperCase()}${noun[1]?.slice(1)}({ id: req.params.${noun[2]}, userId: req.session.userId });\nif (!record) return res.status(404).end();`,
          },
        }),
      ];
    });
  },
};

function handlerText(file: SourceFile, line: number): string {
  let depth = 0;
  let text = "";
  for (let i = line - 1; i < Math.min(line + 60, file.codeLines.length); i += 1) {
    text += `${i >= line ? "\n" : ""}${file.bareLines[i]}`;
    for (const char of file.codeLines[i] ?? "") depth += char === "(" ? 1 : char === ")" ? -1 : 0;
    if (depth <= 0) break;
  }
  return text;
}

export const accessRules: Rule[] = [guards, owners];
