import { confirm, invent, type ReferencePad } from "./reference-pad.ts";

/** A bare name may mean several files: a citation holds if any of them is that long. */
function longestOf(files: readonly string[], pad: ReferencePad): number {
  const known = pad.longest.get(files);
  if (known !== undefined) return known;
  let longest = 0;
  for (const file of files) {
    const own = pad.tree.paths.get(file)?.lines ?? Number.POSITIVE_INFINITY;
    longest = Math.max(longest, own + (pad.patched.get(file) ?? 0));
  }
  pad.longest.set(files, longest);
  return longest;
}

/** Confirms the lines cited of a file, or lists those it does not have. */
export function citeLines(
  pad: ReferencePad,
  files: readonly string[],
  cited: readonly number[],
  written: string,
  at: number,
): void {
  if (cited.length === 0) return;
  const longest = longestOf(files, pad);
  for (const line of cited) {
    if (line >= 1 && line <= longest) {
      if (Number.isFinite(longest)) {
        pad.lines.add(`${files[0]}:${line}`);
        confirm(pad, `line ${files[0]}:${line}`, at);
      }
    } else
      invent(pad, {
        kind: "line",
        text: `${written}:${line}`,
        why: `The file has ${longest} ${longest === 1 ? "line" : "lines"}.`,
      });
  }
}
