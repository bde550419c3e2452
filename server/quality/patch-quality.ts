import { type DiffFile, isDiff, readDiff } from "./quoted-code.ts";
import type { ReadOutput } from "./read-output.ts";
import { type DeliveredPatch, lostTests, type SyntaxReport } from "./verdict.ts";
import { stemsOf } from "./words.ts";

/** The code an output delivers, from the sandbox's diff or from blocks in its text. */
export type DeliveredCode = {
  from: "patch" | "text" | "none";
  /** Different lines with something on them. */
  lines: number;
  files: string[];
  stems: ReadonlySet<string>;
  /** 1: applies and parses. Lower where it does not, 0 where there is nothing. */
  soundness: number;
  reasons: string[];
};

/** Reads the delivered change. Code in the text counts where the sandbox was left as it was, but less. */
export function readDelivered(
  read: ReadOutput,
  patch: DeliveredPatch | undefined,
  syntax: SyntaxReport | undefined,
): DeliveredCode {
  const fromPatch = patch ? readDiff(patch.text.split("\n")) : [];
  const reasons: string[] = [];
  if (fromPatch.length > 0) {
    let soundness = 1;
    if (syntax?.applies === false) {
      soundness = 0;
      reasons.push("The patch does not apply to the commit the task started from.");
    }
    if (syntax && syntax.broken.length > 0) {
      soundness *= 0.3;
      for (const one of syntax.broken.slice(0, 5)) reasons.push(`${one.path} no longer parses: ${one.message}`);
    }
    const lost = lostTests(syntax);
    if (lost > 0) {
      soundness *= 0.5;
      reasons.push(`${lost} of the tests that passed without the patch no longer do.`);
    }
    if (patch?.truncated) reasons.push("The patch was cut at its size limit.");
    return gather("patch", fromPatch, soundness, reasons);
  }
  const blocks = read.fences.flatMap((fence): DiffFile[] =>
    isDiff(fence)
      ? readDiff(fence.lines)
      : [{ oldPath: null, newPath: null, kept: [], added: fence.lines, isNew: true }],
  );
  if (blocks.length === 0)
    return {
      from: "none",
      lines: 0,
      files: [],
      stems: new Set(),
      soundness: 0,
      reasons: ["No change was delivered: neither in the sandbox nor as code in the text."],
    };
  return gather("text", blocks, 1, reasons);
}

function gather(
  from: "patch" | "text",
  files: readonly DiffFile[],
  soundness: number,
  reasons: string[],
): DeliveredCode {
  const lines = new Set<string>();
  let removed = 0;
  for (const file of files) {
    for (const line of file.added) if (/[\p{L}\p{N}]/u.test(line)) lines.add(line.trim());
    if (file.added.length === 0) removed += file.kept.length;
  }
  const names = files.map((file) => file.newPath ?? file.oldPath ?? "").filter((name) => name !== "");
  return {
    from,
    lines: lines.size + Math.min(removed, 10),
    files: [...new Set(names)],
    stems: stemsOf([...names, ...lines].join("\n")),
    soundness,
    reasons,
  };
}
