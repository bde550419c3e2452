import { citeLines } from "./cite-lines.ts";
import { linesAfter } from "./cited-lines.ts";
import { confirm, type ReferencePad } from "./reference-pad.ts";
import { AWKWARD } from "./tree-index.ts";

/** Each is looked for in the whole text, and so many of its mentions are read. */
const MAX_AWKWARD = 200;
const MAX_MENTIONS = 500;

/** Paths with spaces or quotes are looked for whole and taken out, so that their torn halves are not misread. */
export function takeAwkward(text: string, pad: ReferencePad): string {
  let rest = text;
  for (const path of [...pad.index.awkward.slice(0, MAX_AWKWARD), ...pad.made.awkward.slice(0, MAX_AWKWARD)]) {
    const real = pad.index.resolve(path).kind;
    const isDirectory = (real === "none" ? pad.made.resolve(path).kind : real) === "directory";
    for (const written of isDirectory ? directoryForms(path) : [path, path.slice(path.lastIndexOf("/") + 1)]) {
      if (!AWKWARD.test(written) || written.length < 4) continue;
      let seen = 0;
      rest = rest.replaceAll(written, (_, at: number) => {
        const after = rest.slice(at + written.length, at + written.length + 80);
        if (isDirectory && /^\/?[\p{L}\p{N}]/u.test(after)) return written;
        if (++seen > MAX_MENTIONS) return " ".repeat(written.length);
        if (real === "none") pad.created.add(path);
        else confirm(pad, `${isDirectory ? "directory" : "path"} ${path}`, at);
        if (real === "file") {
          pad.files.add(path);
          citeLines(pad, [path], [...linesAfter(after), ...suffixLines(after)], written, at);
        }
        return " ".repeat(written.length);
      });
    }
  }
  return rest;
}

/** A folder's bare name may be two words of any sentence. */
function directoryForms(path: string): string[] {
  return [path.includes("/") ? path : `${path}/`];
}

function suffixLines(after: string): number[] {
  return (/^(?::|#L)(\d{1,7})(?:-L?(\d{1,7}))?/.exec(after)?.slice(1) ?? []).filter(Boolean).map(Number);
}
