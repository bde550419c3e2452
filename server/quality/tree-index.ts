import { foldCharacters } from "./normalise-text.ts";

/** What a written path comes to in the tree. `files` are all that it may mean; a bare name may mean several. */
type Resolution =
  | { kind: "file"; files: string[] }
  | { kind: "directory" }
  | { kind: "none"; otherCase: string | null };

export type TreeIndex = {
  resolve(path: string): Resolution;
  hasDirectory(path: string): boolean;
  /** Is there any directory of this name, at any depth? */
  hasDirectoryName(name: string): boolean;
  /** Paths a tokeniser would tear apart: these are looked for as whole strings. Files come first. */
  awkward: string[];
  size: number;
};

const IMPORT_ENDINGS = [
  ".ts",
  ".tsx",
  ".js",
  ".jsx",
  ".mjs",
  ".cjs",
  ".py",
  ".go",
  ".rs",
  ".rb",
  ".java",
  ".kt",
  ".php",
  ".vue",
  ".svelte",
  ".cs",
  ".c",
  ".cpp",
  ".h",
  ".scss",
  ".css",
  ".json",
  ".md",
];
const IMPORT_INDEXES = ["/index.ts", "/index.tsx", "/index.js", "/index.jsx", "/__init__.py", "/mod.rs"];
const IMPORT_GUESSES = [...IMPORT_ENDINGS, ...IMPORT_INDEXES];

/** What no path in a text is taken to hold. */
export const AWKWARD = /[\s,;"'`|<>]/;

/** `src/.../a.ts` is looked for in the whole tree; beyond this many it is left unjudged. */
const MAX_ELLIPSES = 200;

/** An abbreviated path has no more segments than this, and no folder of interest lies deeper than that. */
const MAX_TAIL = 12;
const MAX_DEPTH = 40;

/** Indexes the paths of a tree once: every look-up afterwards costs a few hash probes, whatever the size of the repository. */
export function indexPaths(paths: Iterable<string>): TreeIndex {
  // Keyed by every tail of a path, so that an abbreviated one costs a single probe, however hostile the output.
  const byTail = new Map<string, string[]>();
  const directories = new Set<string>();
  const directoryTails = new Set<string>();
  const directoryNames = new Set<string>();
  const exact = new Map<string, string>();
  const awkward: string[] = [];
  const awkwardDirectories: string[] = [];
  for (const path of paths) {
    const key = foldCharacters(path);
    exact.set(key, path);
    for (const tail of tailsOf(key)) push(byTail, tail, path);
    if (AWKWARD.test(key)) awkward.push(key);
    for (const directory of directoriesOf(key)) {
      if (directories.has(directory)) continue;
      directories.add(directory);
      directoryNames.add(directory.slice(directory.lastIndexOf("/") + 1));
      for (const tail of tailsOf(directory)) directoryTails.add(tail);
      if (AWKWARD.test(directory)) awkwardDirectories.push(directory);
    }
  }
  let lowered: Map<string, string> | null = null;
  const otherCase = (path: string): string | null => {
    if (!lowered) lowered = new Map([...exact.keys()].map((key) => [key.toLowerCase(), key]));
    return lowered.get(path.toLowerCase()) ?? null;
  };
  const filesFor = (path: string): string[] => {
    const whole = exact.get(path);
    return whole !== undefined ? [whole] : (byTail.get(path) ?? []);
  };
  const hasDirectory = (path: string): boolean => directoryTails.has(path);
  let ellipses = MAX_ELLIPSES;
  const resolve = (written: string): Resolution => {
    const path = written.replace(/(?<!\/)\/+$/, "");
    if (path === "" || path === ".") return { kind: "directory" };
    const files = filesFor(path);
    if (files.length > 0 && !written.endsWith("/")) return { kind: "file", files };
    if (hasDirectory(path)) return { kind: "directory" };
    if (path.includes("/")) {
      const dots = /\/(?:\.{3}|…)\//.exec(path);
      if (dots && ellipses-- > 0)
        return acrossEllipsis(exact, path.slice(0, dots.index), path.slice(dots.index + dots[0].length));
      for (const ending of /\.\w+$/.test(path) ? [] : IMPORT_GUESSES) {
        const guessed = filesFor(path + ending);
        if (guessed.length > 0) return { kind: "file", files: guessed };
      }
    }
    return { kind: "none", otherCase: otherCase(path) };
  };
  const resolved = new Map<string, Resolution>();
  return {
    size: exact.size,
    awkward: [...awkward, ...awkwardDirectories.sort((a, b) => b.length - a.length)],
    hasDirectory,
    hasDirectoryName: (name) => directoryNames.has(name),
    resolve(written) {
      const known = resolved.get(written);
      if (known) return known;
      const found = resolve(written);
      resolved.set(written, found);
      return found;
    },
  };
}

/** `a/b/c`, `c`, `b/c`. */
function* tailsOf(path: string): Generator<string> {
  yield path;
  let cut = path.lastIndexOf("/");
  for (let depth = 0; cut > 0 && depth < MAX_TAIL; depth++) {
    yield path.slice(cut + 1);
    cut = path.lastIndexOf("/", cut - 1);
  }
}

/** `a`, `a/b` for the file `a/b/c`. */
function* directoriesOf(path: string): Generator<string> {
  let cut = path.indexOf("/");
  for (let depth = 0; cut > 0 && depth < MAX_DEPTH; depth++) {
    yield path.slice(0, cut);
    cut = path.indexOf("/", cut + 1);
  }
}

function acrossEllipsis(exact: ReadonlyMap<string, string>, head: string, tail: string): Resolution {
  const files: string[] = [];
  for (const [key, path] of exact) if (key.startsWith(`${head}/`) && key.endsWith(`/${tail}`)) files.push(path);
  return files.length > 0 ? { kind: "file", files } : { kind: "none", otherCase: null };
}

function push(map: Map<string, string[]>, key: string, value: string): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
