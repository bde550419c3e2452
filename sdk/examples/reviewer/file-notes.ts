import type { SourceFile } from "./source-file.ts";

const MOST = 15;

/**
 * What each source file holds, for a review with little to object to: the reader sees what was read, and where to look.
 */
export function fileNotes(files: readonly SourceFile[]): string[] {
  const tests = files.filter((f) => f.isTest);
  return files
    .filter((f) => !f.isTest && f.functions.length > 0)
    .slice(0, MOST)
    .map((file) => {
      const named = file.functions.filter((f) => f.name !== "");
      const longest = [...named].sort((a, b) => b.end - b.start - (a.end - a.start))[0];
      const parts = [
        longest
          ? `the longest of its ${named.length} functions is ${longest.name}(), ${longest.end - longest.start + 1} lines from \`${file.path}:${longest.start}\``
          : `${file.functions.length} callbacks without a name`,
        raised(file),
        testedBy(file, tests),
      ];
      return `- \`${file.path}\` (${file.lines.length} lines): ${parts.filter(Boolean).join("; ")}.`;
    });
}

function raised(file: SourceFile): string {
  const lines = file.codeLines.flatMap((text, i) => (/\b(?:throw\s+new|raise\s+\w)/.test(text) ? [i + 1] : []));
  if (lines.length === 0) return "";
  return `wrong input is refused with an error on line${lines.length === 1 ? "" : "s"} ${lines.slice(0, 6).join(", ")}`;
}

function testedBy(file: SourceFile, tests: readonly SourceFile[]): string {
  const name = (file.path.split("/").at(-1) ?? "").replace(/\.\w+$/, "");
  const test = tests.find((t) => t.text.includes(`/${name}`) || t.text.includes(`${name} import`));
  return test ? `\`${test.path}\` loads it` : "no test loads it directly";
}
