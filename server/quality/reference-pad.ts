import type { TreeIndex } from "./tree-index.ts";
import type { InventedReference, PristineTree, ReferenceKind } from "./verdict.ts";

/** A place in the text where a reference held. */
export type Place = { at: number; kind: ReferenceKind };

/** The working notes of one check: what was confirmed, what was not, and where. */
export type ReferencePad = {
  index: TreeIndex;
  tree: PristineTree;
  /** What the seller created. */
  made: TreeIndex;
  patched: ReadonlyMap<string, number>;
  repoName: string | undefined;
  /** A change is asked for: a path that stands alone above a block of code names the file which that is to be. */
  offersFiles: boolean;
  confirmed: Set<string>;
  created: Set<string>;
  invented: Map<string, InventedReference>;
  files: Set<string>;
  lines: Set<string>;
  /** How long the longest of some files is: the same list comes back for the same name. */
  longest: WeakMap<readonly string[], number>;
  at: Place[];
};

export function confirm(pad: ReferencePad, key: string, at: number): void {
  pad.confirmed.add(key);
  pad.at.push({ at, kind: key.slice(0, key.indexOf(" ")) as ReferenceKind });
}

export function invent(pad: ReferencePad, one: InventedReference): void {
  const key = `${one.kind} ${one.text}`;
  if (!pad.invented.has(key)) pad.invented.set(key, one);
}

/** Is it one of the seller's own files, or a folder of them? */
export function isMade(path: string, { made }: ReferencePad): boolean {
  return made.size > 0 && made.resolve(path).kind !== "none";
}

/** Sellers write paths from where they stood: with the repository's name, or a diff's `a/` before it. */
export function strip(path: string, pad: ReferencePad): string {
  let bare = path
    .replace(/^(?:\.\.?\/)+/, "")
    .replace(/^(?:@|~|#)\/(?=\w)/, "")
    .replace(/^…\//, "")
    .replace(/^\.\.\.\//, "");
  if (bare.startsWith("/") && !bare.startsWith("//")) {
    const inner = bare.slice(1).replace(/^app\//, (prefix) => (pad.index.hasDirectory("app") ? prefix : ""));
    if (pad.index.resolve(inner).kind !== "none") return inner;
  }
  const first = bare.slice(0, bare.indexOf("/"));
  const prefixed =
    first === "repo" || first === "a" || first === "b" || (pad.repoName !== undefined && first === pad.repoName);
  if (prefixed && !pad.index.hasDirectory(first)) bare = bare.slice(first.length + 1);
  return bare;
}
