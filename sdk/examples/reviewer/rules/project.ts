import { type Finding, finder, type Rule } from "../findings.ts";
import { isTestPath, type SourceFile } from "../source-file.ts";

const dependencies: Rule = {
  id: "unpinned-dependency",
  topic: "dependencies",
  looksFor: "dependencies without a version",
  applies: (file) => file.language === "requirements" || file.path.endsWith("package.json"),
  check(file, project, seen) {
    const make = finder(dependencies, file);
    const locked = project.paths.some((path) => /(?:package-lock\.json|pnpm-lock\.yaml|yarn\.lock)$/.test(path));
    return file.lines.flatMap((text, index): Finding[] => {
      const line = index + 1;
      if (file.language === "requirements") {
        const name = /^([A-Za-z][\w.-]*(?:\[[\w,]+\])?)\s*(>=[\w.]+)?\s*$/.exec(text);
        if (!name) {
          if (/==/.test(text)) seen(line);
          return [];
        }
        return [
          make({
            severity: "medium",
            line,
            title: `${name[1]} may change under you`,
            why: `${name[2] ? "Any later version" : "Whatever version is newest"} is installed at the next build, so two builds of one commit can differ, and a taken-over release comes in by itself.`,
            fix: {
              text: "Pin the version that was tested:",
              language: "",
              code: `${name[1]}==${name[2]?.slice(2) ?? "X.Y.Z"}`,
            },
          }),
        ];
      }
      const loose = /^\s*"((?:@[\w.-]+\/)?[\w.-]+)":\s*"(\*|latest|x|>=?[\d.]+)"/.exec(text);
      if (!loose) return [];
      return [
        make({
          severity: "medium",
          line,
          title: `${loose[1]} is taken at "${loose[2]}"`,
          why: `The next install may bring another major version${locked ? "" : "; there is no lock file in the repository that would hold it"}.`,
          fix: { text: "Name a version, and commit the lock file:", language: "json", code: `"${loose[1]}": "^X.Y.Z"` },
        }),
      ];
    });
  },
};

const docker: Rule = {
  id: "container-setup",
  topic: "deployment",
  looksFor: "containers that run as root, move with their base image or carry the build's leftovers",
  applies: (file) => file.language === "docker",
  check(file) {
    const make = finder(docker, file);
    const found: Finding[] = [];
    for (const [index, text] of file.bareLines.entries()) {
      const line = index + 1;
      const from = /^FROM\s+(?:--platform=\S+\s+)?([\w./-]+)(?::([\w.-]+))?(?:\s+AS\s+\w+)?\s*$/i.exec(text);
      if (from && from[1] !== "scratch" && (from[2] === undefined || from[2] === "latest"))
        found.push(
          make({
            severity: "medium",
            line,
            title: `The base image ${from[1]} has no fixed version`,
            why: "The same Dockerfile gives another system tomorrow, and a failing build cannot be compared with the last good one.",
            fix: {
              text: "Name the version:",
              language: "dockerfile",
              code: `FROM ${from[1]}:${/node/.test(from[1] ?? "") ? "22-slim" : /python/.test(from[1] ?? "") ? "3.12-slim" : "X.Y"}`,
            },
          }),
        );
      if (/\bcurl\b[^|\n]*\|\s*(?:sudo\s+)?(?:ba)?sh\b/.test(text))
        found.push(
          make({
            severity: "high",
            line,
            title: "A script from the network runs unseen",
            why: "Whatever the address serves at build time runs as root in the image.",
            fix: {
              text: "Fetch a fixed version and check it first:",
              language: "dockerfile",
              code: 'RUN curl -fsSLo /tmp/install.sh https://example.com/v1.2.3/install.sh \\\n  && echo "<sha256>  /tmp/install.sh" | sha256sum -c - && sh /tmp/install.sh',
            },
          }),
        );
    }
    const start = file.bareLines.findIndex((text) => /^(?:CMD|ENTRYPOINT)\b/.test(text));
    if (start >= 0 && !/^USER\s+(?!root|0\b)\S+/m.test(file.bare))
      found.push(
        make({
          severity: "medium",
          line: start + 1,
          title: "The service runs as root in its container",
          why: `No USER stands before \`${(file.lines[start] ?? "").trim()}\`: a hole in the service is a hole with root's rights over everything mounted into it.`,
          fix: {
            text: "Change to an unprivileged user before the start:",
            language: "dockerfile",
            code: `USER ${/node/i.test(file.bare) ? "node" : "nobody"}\n${(file.lines[start] ?? "").trim()}`,
          },
        }),
      );
    return found;
  },
};

const shell: Rule = {
  id: "shell-script",
  topic: "deployment",
  looksFor: "scripts that go on after errors, unquoted deletions, open permissions",
  applies: (file) => file.language === "shell",
  check(file) {
    const make = finder(shell, file);
    const found: Finding[] = [];
    const first = file.bareLines.findIndex((text, i) => i > 0 && text.trim() !== "");
    if (
      first > 0 &&
      !/^\s*set\s+-\w*e|^#!.*\s-\w*e/m.test(file.text) &&
      file.bareLines.filter((t) => t.trim()).length > 4
    )
      found.push(
        make({
          severity: "medium",
          line: first + 1,
          title: "The script goes on after a failed command",
          why: `A step that fails in ${file.path} is followed by all later ones, down to \`${[...file.lines]
            .reverse()
            .find((t) => t.trim() !== "")
            ?.trim()}\`.`,
          fix: { text: "Stop at the first failure and at unset names:", language: "sh", code: "set -euo pipefail" },
        }),
      );
    for (const [index, text] of file.bareLines.entries()) {
      const line = index + 1;
      const removal = /\brm\s+-\w*r\w*\s+(?:-\w+\s+)*(\$\{?(\w+)\}?[^\s"';&|]*)/.exec(text);
      if (removal)
        found.push(
          make({
            severity: "high",
            line,
            title: `An empty ${removal[2]} deletes the wrong folder`,
            why: `\`${removal[1]}\` is neither quoted nor checked: unset, it leaves \`${removal[1]?.replace(/\$\{?\w+\}?/, "") || "the current folder"}\`, and a space splits it in two.`,
            fix: {
              text: "Quote it and refuse an empty value:",
              language: "sh",
              code: `rm -rf "\${${removal[2]}:?}${removal[1]?.replace(/\$\{?\w+\}?/, "")}"`,
            },
          }),
        );
      if (/\bchmod\s+(?:-R\s+)?0?777\b/.test(text))
        found.push(
          make({
            severity: "medium",
            line,
            title: "Everyone on the machine may write here",
            why: `After \`${text.trim()}\` any local account can replace these files.`,
            fix: {
              text: "Give it to the one who needs it:",
              language: "sh",
              code: text.trim().replace(/0?777/, "750"),
            },
          }),
        );
      if (/\bcurl\b[^|\n]*\|\s*(?:sudo\s+)?(?:ba)?sh\b/.test(text))
        found.push(
          make({
            severity: "high",
            line,
            title: "A script from the network runs unseen",
            why: "Whatever that address serves today runs with the rights of this script.",
            fix: {
              text: "Fetch it, check it, then run it:",
              language: "sh",
              code: 'curl -fsSLo install.sh "$URL"\necho "$SHA256  install.sh" | sha256sum -c - && sh install.sh',
            },
          }),
        );
    }
    return found;
  },
};

const python: Rule = {
  id: "python-service-settings",
  topic: "deployment",
  looksFor: "debug servers and calls without a time limit in Python",
  applies: (file) => file.language === "python" && !file.isTest,
  check(file) {
    const make = finder(python, file);
    return file.codeLines.flatMap((text, index): Finding[] => {
      const line = index + 1;
      const before = file.lines[index] ?? "";
      if (/\.run\([^)]*debug\s*=\s*True/.test(text)) {
        const after = before.replace(/debug\s*=\s*True/, "debug=False");
        return [
          make({
            severity: "high",
            line,
            title: "The debugger is part of the service",
            why: "Flask's debug mode offers a Python console on every error page to whoever caused the error.",
            fix: {
              text: "Switch it off, and start with a real server in production:",
              language: "python",
              code: after.trim(),
            },
            edit: { line, before, after },
          }),
        ];
      }
      const call = /\brequests\.(get|post|put|patch|delete)\(/.exec(text);
      if (
        call &&
        !/timeout/.test(
          file.codeLines
            .slice(index, index + 6)
            .join("\n")
            .split(/^\S/m)[0] ?? "",
        )
      )
        return [
          make({
            severity: "medium",
            line,
            title: `requests.${call[1]}() waits for ever`,
            why: `Without a timeout a silent peer holds ${/* the caller */ "this worker"} until it is restarted.`,
            fix: {
              text: "Set a limit:",
              language: "python",
              code: before.trim().endsWith(")")
                ? before.trim().replace(/\)$/, ", timeout=10)")
                : `requests.${call[1]}(url, timeout=10)`,
            },
          }),
        ];
      return [];
    });
  },
};

/** Source files that no test file names, for a repository that has logic worth testing. */
export function untested(
  files: readonly SourceFile[],
  paths: readonly string[],
): { tests: string[]; untested: string[] } {
  const tests = paths.filter(isTestPath).filter((path) => /\.(?:[cm]?[jt]sx?|py)$/.test(path));
  const said =
    files
      .filter((f) => f.isTest)
      .map((f) => f.text)
      .join("\n") + tests.join("\n");
  const logic = files.filter(
    (f) =>
      !f.isTest &&
      (f.language === "javascript" || f.language === "python") &&
      f.functions.length > 0 &&
      !/config|\.d\.ts$/.test(f.path),
  );
  return {
    tests,
    untested: logic
      .filter(
        (f) =>
          !new RegExp(
            `\\b${(f.path.split("/").at(-1) ?? "").replace(/\.\w+$/, "").replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}\\b`,
          ).test(said),
      )
      .map((f) => f.path),
  };
}

export const projectRules: Rule[] = [dependencies, docker, shell, python];
