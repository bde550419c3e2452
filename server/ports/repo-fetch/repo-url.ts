/** Which repositories may be asked for, judged by text alone. */
import { isPublicHost } from "../outgoing-http/address.ts";

export type RepoPolicy = {
  /** Host names, in lower case. */
  readonly allowedHosts: readonly string[];
  /** Beginnings of URLs that are allowed as they are, over http too; local mode's own remotes. */
  readonly localRemotes: readonly string[];
};

/** `local` is true for a listed local remote, the only kind that may lie on a private address. */
export type RepoUrl = { readonly url: URL; readonly local: boolean };

/** The URL when it may be fetched, else a plain reason. */
export function readRepoUrl(text: string, policy: RepoPolicy): RepoUrl | { readonly refusal: string } {
  // Percent-encoding and dots would let one path be written in many ways.
  if (text.length > 2048 || /[\p{Cc}\p{Cf}\s\\%]|\/\.{1,2}(\/|$)/u.test(text))
    return { refusal: "The repository URL is not valid." };
  if (!/^https?:\/\//i.test(text)) return { refusal: "Only https repository URLs are allowed." };
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null) return { refusal: "The repository URL is not valid." };
  if (url.username !== "" || url.password !== "" || text.split("/")[2]?.includes("@")) {
    return { refusal: "The repository URL must not contain credentials; pass a token as repoToken." };
  }
  if (url.search !== "" || url.hash !== "" || text.includes("?") || text.includes("#")) {
    return { refusal: "The repository URL must not have a query or a fragment." };
  }
  const steps = url.pathname.split("/").filter((step) => step !== "");
  if (
    steps.length === 0 ||
    steps.some((step) => !/^[\w.+~-]+$/.test(step) || step.startsWith("-") || /^\.+$/.test(step))
  ) {
    return { refusal: "The repository URL must name a repository." };
  }
  if (policy.localRemotes.some((start) => isBelow(url, start))) return { url, local: true };
  if (url.protocol !== "https:") return { refusal: "Only https repository URLs are allowed." };
  if (url.port !== "") return { refusal: "The repository URL must not name a port." };
  const host = url.hostname.replace(/\.$/, "");
  if (!policy.allowedHosts.includes(host) || !isPublicHost(host)) {
    return { refusal: `Repositories can be fetched from ${policy.allowedHosts.join(", ")} only.` };
  }
  return { url, local: false };
}

/** Null when git would take it for a branch or tag name, or a full commit. See git-check-ref-format. */
export function refRefusal(ref: string): string | null {
  const bad =
    ref.length > 255 ||
    /[\p{Cc}\s~^:?*[\\]/u.test(ref) ||
    /^[-/.]|\/$|\.$|\.\.|\/\/|\/\.|\.lock(\/|$)|@\{/.test(ref) ||
    ref === "@" ||
    ref === "";
  return bad ? "The ref is not a valid branch, tag or commit." : null;
}

function isBelow(url: URL, start: string): boolean {
  if (!URL.canParse(start)) return false;
  const base = new URL(start);
  return url.origin === base.origin && url.pathname.startsWith(base.pathname.replace(/\/?$/, "/"));
}
