import { type Finding, finder, type Rule } from "../findings.ts";
import { functionAt } from "../source-file.ts";
import { within } from "./promises.ts";

const swallowed: Rule = {
  id: "error-swallowed",
  topic: "error handling",
  looksFor: "errors that are caught and dropped",
  applies: (file) => (file.language === "javascript" || file.language === "python") && !file.isTest,
  check(file, _project, seen) {
    const make = finder(swallowed, file);
    const found: Finding[] = [];
    for (const [index, text] of file.codeLines.entries()) {
      const line = index + 1;
      if (file.language === "javascript") {
        const opened =
          /\bcatch\s*(?:\(([^)]*)\))?\s*\{\s*(\})?\s*$/.exec(text) ??
          /\.catch\(\s*\(\s*\w*\s*\)\s*=>\s*\{\s*(\})\s*\)/.exec(text);
        if (!opened) continue;
        const oneLine = opened.includes("}");
        const next = file.codeLines[index + 1] ?? "";
        // A comment in it says that dropping the error is meant.
        const comment = /\/[/*]/.test(`${file.lines[index]}\n${oneLine ? "" : file.lines[index + 1]}`);
        const empty = oneLine || /^\s*\}/.test(next);
        if (!empty || comment) {
          seen(line);
          continue;
        }
        found.push(
          make({
            severity: "medium",
            line,
            lines: oneLine ? 1 : 2,
            title: "An error disappears here",
            why: `${within(file, line)} goes on as if nothing had happened; whoever looks for the cause later finds no trace of it.`,
            fix: {
              text: "Record it, and let through what is not expected:",
              language: file.fence,
              code: `} catch (error) {\n  console.error("${functionAt(file, line)?.name || "operation"} failed", error);\n  throw error;\n}`,
            },
          }),
        );
      } else {
        const caught = /^(\s*)except(\s+[\w.,() ]+)?(?:\s+as\s+\w+)?\s*:\s*(pass)?\s*$/.exec(text);
        if (!caught) continue;
        const broad = caught[2] === undefined || /\b(?:Base)?Exception\b/.test(caught[2]);
        const passes = caught[3] !== undefined || /^\s*(?:pass|continue)\s*$/.test(file.codeLines[index + 1] ?? "");
        if (!broad || (!passes && caught[2] !== undefined)) {
          seen(line);
          continue;
        }
        const before = file.lines[index] ?? "";
        const after = before.replace(/except\s*:/, "except Exception:");
        found.push(
          make({
            severity: "medium",
            line,
            lines: passes && caught[3] === undefined ? 2 : 1,
            title: passes ? "Every error is dropped" : "A bare except also catches KeyboardInterrupt",
            why: `${within(file, line)} ${passes ? "hides any failure, a misspelt name included," : "catches even the signal that should stop the program,"} and the caller cannot tell that the work was not done.`,
            fix: {
              text: "Catch what is expected and log the rest:",
              language: "python",
              code: `${caught[1]}except Exception:\n${caught[1]}    logger.exception("${functionAt(file, line)?.name || "operation"} failed")\n${caught[1]}    raise`,
            },
            ...(after !== before && !passes && { edit: { line, before, after } }),
          }),
        );
      }
    }
    return found;
  },
};

const logic: Rule = {
  id: "off-by-one-and-mix-ups",
  topic: "logic",
  looksFor: "loops one step too long, assignments in conditions, shared default values, comparisons with NaN",
  applies: (file) => file.language === "javascript" || file.language === "python",
  check(file) {
    const make = finder(logic, file);
    return file.codeLines.flatMap((text, index): Finding[] => {
      const line = index + 1;
      const before = file.lines[index] ?? "";
      if (file.language === "python") {
        const shared = /def\s+(\w+)\s*\([^)]*?\b(\w+)\s*(?::[^=,)]+)?=\s*(\[\]|\{\})/.exec(text);
        if (shared)
          return [
            make({
              severity: "medium",
              line,
              title: `All calls of ${shared[1]}() share one ${shared[2]}`,
              why: `The default \`${shared[3]}\` is made once, when the function is defined; what one call puts into \`${shared[2]}\` is still there in the next.`,
              fix: {
                text: "Make a fresh one inside:",
                language: "python",
                code: `def ${shared[1]}(${shared[2]}=None):\n    ${shared[2]} = ${shared[3]} if ${shared[2]} is None else ${shared[2]}`,
              },
            }),
          ];
        return [];
      }
      const long = /for\s*\(\s*let\s+(\w+)\s*=\s*0\s*;\s*\1\s*<=\s*([\w$.]+)\.length\s*;/.exec(text);
      if (long) {
        const after = before.replace(/<=(\s*[\w$.]+\.length)/, "<$1");
        return [
          make({
            severity: "high",
            line,
            title: "The loop runs one step past the end",
            why: `With \`<=\` the last round reads \`${long[2]}[${long[2]}.length]\`, which is undefined${within(file, line) === "The code around it" ? "" : `, and ${within(file, line)} works with that`}.`,
            fix: { text: "Stop before the length:", language: file.fence, code: after.trim() },
            edit: { line, before, after },
          }),
        ];
      }
      const assigned = /\bif\s*\(\s*([\w$.]+)\s*=\s*(?![=>])([^()=]+)\)\s*\{?/.exec(text);
      if (assigned)
        return [
          make({
            severity: "high",
            line,
            title: `The condition assigns to ${assigned[1]}`,
            why: `A single \`=\` overwrites \`${assigned[1]}\` and the branch then depends on the new value, not on a comparison.`,
            fix: { text: "Compare:", language: file.fence, code: before.trim().replace(/\s=\s/, " === ") },
          }),
        ];
      if (/[!=]==?\s*NaN\b/.test(text))
        return [
          make({
            severity: "medium",
            line,
            title: "Nothing ever equals NaN",
            why: "This comparison has the same outcome for every value.",
            fix: { text: "Ask for it by name:", language: file.fence, code: "Number.isNaN(value)" },
          }),
        ];
      return [];
    });
  },
};

const LONG = 70;

const maintenance: Rule = {
  id: "long-functions-and-open-ends",
  topic: "maintainability",
  looksFor: `functions over ${LONG} lines, TODO and FIXME notes`,
  applies: (file) => ["javascript", "python", "shell"].includes(file.language) && !file.isTest,
  check(file) {
    const make = finder(maintenance, file);
    const found: Finding[] = [];
    for (const fn of file.functions) {
      const lines = fn.end - fn.start + 1;
      if (lines <= LONG || fn.name === "") continue;
      const inner = file.functions.filter((f) => f.start > fn.start && f.end < fn.end).length;
      if (inner > 3) continue;
      found.push(
        make({
          severity: "low",
          line: fn.start,
          title: `${fn.name}() is ${lines} lines long`,
          why: `It takes ${fn.parameters.length} parameter${fn.parameters.length === 1 ? "" : "s"} and cannot be tested in parts; lines ${fn.start} to ${fn.end} have to be understood at once.`,
          fix: {
            text: "Give each step a name of its own, so that the function reads as its plan:",
            language: file.fence,
            code:
              file.language === "python"
                ? `def ${fn.name}(order):\n    checked = check(order)\n    priced = price(checked)\n    return store(priced)`
                : `async function ${fn.name}(input) {\n  const checked = check(input);\n  const priced = await price(checked);\n  return store(priced);\n}`,
          },
        }),
      );
    }
    const notes = file.lines.flatMap((text, i) =>
      /(?:\/\/|#|\*)\s*(?:TODO|FIXME|XXX|HACK)\b/.test(text) ? [i + 1] : [],
    );
    for (const line of notes.slice(0, 3)) {
      const note = /(TODO|FIXME|XXX|HACK)\b:?\s*(.*?)\s*(?:\*\/)?$/.exec(file.lines[line - 1] ?? "");
      const grave = /secur|auth|permission|validat|check|race|leak|remove before|escape|lock/i.test(note?.[2] ?? "");
      found.push(
        make({
          severity: grave ? "medium" : "low",
          line,
          title: `Open note: ${note?.[2] || note?.[1]}`,
          why: grave
            ? `The author marked this as unfinished in ${within(file, line)}, and it concerns safety, not comfort.`
            : "It says what is missing, but not who will do it or when.",
          fix: {
            text: "Settle it, or move it where work is planned and leave the number:",
            language: file.fence,
            code: `${file.language === "javascript" ? "//" : "#"} ${note?.[1]}(#123): ${note?.[2]}`,
          },
        }),
      );
    }
    return found;
  },
};

export const logicRules: Rule[] = [swallowed, logic, maintenance];
