import type { PathToken } from "./path-tokens.ts";
import {
  isPackagePath,
  PRODUCT_NAMES,
  PROPERTY_ENDINGS,
  PROPERTY_OWNERS,
  SOURCE_ENDINGS,
  STANDARD_PACKAGE,
  TOP_DIRECTORIES,
} from "./path-vocabulary.ts";
import type { TreeIndex } from "./tree-index.ts";

const ENDING = /\.([\p{L}\p{N}_]{1,12})$/u;
const BARE_NAMES =
  /^(?:Dockerfile|Makefile|Gemfile|Procfile|Jenkinsfile|Rakefile|Vagrantfile|LICENSE|README|CHANGELOG|CODEOWNERS|Justfile|Brewfile|Pipfile)$/;
const ELSEWHERE =
  /^(?:~\/|\/(?:etc|usr|var|tmp|dev|proc|opt|root|home|bin|sbin|sys|mnt|srv|run|Users|Library|nix|rustc)\/|[A-Za-z]:\/|node_modules\/|\.git\/|\.next\/|__pycache__\/|\.venv\/|site-packages\/|path\/to\/|\/path\/to\/)/;
const HOST =
  /^[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|io|dev|ai|co|app|edu|gov|me|sh|rs|land|cloud|xyz|info|uk|de|fr|jp|cn|eu|us|ly|so)(?::\d+)?\//i;
/** Names of nothing in particular, and what a build leaves behind. */
const PLACEHOLDER = /^(?:foo|bar|baz|qux|example|sample|filename|file|my-?file|your-?file|xxx|name)(?:\.|$)/i;
const PRODUCT =
  /^(?:dist|build|out|target|coverage|\.nuxt|\.output)\/.*\.(?:m?js|cjs|css|map|html|json|jar|class|o|so|wasm|txt|xml|info)$/;
const TEMPLATE = /[$%<>?!&=^|]|\{[^,}]*\}|\*|^\d+(?:\.\d+)*$/;

/**
 * Is a path that does not resolve a statement about the repository? Package names, versions, domains, MIME types,
 * property accesses, routes, files of the system and build products are not.
 */
export function claimsFile(token: PathToken, index: TreeIndex, next: string): boolean {
  const { path, setting, lines } = token;
  if (STANDARD_PACKAGE.test(path) && lines.length === 0) return false;
  if (ELSEWHERE.test(path) || TEMPLATE.test(path) || /\/\/|^[-.]+$|\.\.\./.test(path)) return false;
  const segments = path.split("/").filter((segment) => segment !== "" && segment !== "..");
  const first = segments[0] ?? "";
  const last = segments.at(-1) ?? "";
  const ending = ENDING.exec(last)?.[1]?.toLowerCase() ?? "";
  if (lines.length > 0 && (path.includes("/") || BARE_NAMES.test(last)) && !HOST.test(path)) {
    return (
      SOURCE_ENDINGS.has(ending) ||
      PROPERTY_ENDINGS.has(ending) ||
      BARE_NAMES.test(last) ||
      index.hasDirectoryName(first) ||
      TOP_DIRECTORIES.has(first)
    );
  }
  const known = SOURCE_ENDINGS.has(ending) || PROPERTY_ENDINGS.has(ending);
  if (!path.includes("/")) {
    if (!known || next.startsWith("(") || last.startsWith(".")) return false;
    if (lines.length > 0) return true;
    if (setting === "fence") return false;
    const stem = last.slice(0, -(ending.length + 1));
    if (PRODUCT_NAMES.has(last.toLowerCase()) || !/\p{L}/u.test(stem) || stem.length < 2) return false;
    if (PLACEHOLDER.test(stem)) return false;
    if (ending === "ts" && stem.includes(".")) return true;
    if (PROPERTY_ENDINGS.has(ending))
      return !PROPERTY_OWNERS.has(stem.split(".").at(-1)?.toLowerCase() ?? "") && !/[()[\]]/.test(stem);
    return !/[()[\]=]/.test(stem);
  }
  if (PRODUCT.test(path) && !index.hasDirectory(first)) return false;
  if (HOST.test(path) && !index.hasDirectoryName(first)) return false;
  if (path.startsWith("@") || isPackagePath(segments)) return index.hasDirectoryName(first);
  if (path.startsWith("/") && !index.hasDirectoryName(first) && !TOP_DIRECTORIES.has(first)) return false;
  if (known) return !next.startsWith("(") && !/[()]/.test(first);
  if (setting === "fence" || path.startsWith("/")) return false;
  if (ending !== "" && BARE_NAMES.test(last.slice(0, -(ending.length + 1)))) return true;
  if (BARE_NAMES.test(last)) return setting !== "prose" || segments.length > 1;
  if (ending !== "") return false;
  if (/[^\p{L}\p{N}_.\-@+[\]()/]/u.test(path)) return false;
  if (setting === "prose") return segments.length > 2 && index.hasDirectory(first);
  return (index.hasDirectory(first) || TOP_DIRECTORIES.has(first)) && (segments.length > 1 || path.endsWith("/"));
}
