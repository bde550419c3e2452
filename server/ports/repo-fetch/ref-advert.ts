/** What a remote says it has, and which commit a ref means there. */
import { RepoUnavailable } from "../sandbox.ts";
import type { Packet } from "./pkt-line.ts";

export const OBJECT_ID = /^[0-9a-f]{40}$/;
const MAX_REFS = 200_000;

export type Ref = { readonly oid: string; readonly name: string; readonly peeled?: string };

/** `want` is what to ask for; `commit` what to check out (they differ for an annotated tag). */
export type Wanted = { readonly want: string; readonly commit: string };

/** First answer of a remote: protocol 2 announces abilities only, protocol 0 and 1 all refs at once. */
export type Advert =
  | { readonly version: 2; readonly abilities: readonly string[] }
  | { readonly version: 0; readonly abilities: readonly string[]; readonly refs: readonly Ref[] };

export async function readAdvert(packets: AsyncIterable<Packet>): Promise<Advert> {
  const lines: string[] = [];
  for await (const packet of packets) {
    if (packet.kind !== "data") continue;
    const line = packet.bytes.toString().replace(/\n$/, "");
    if (!line.startsWith("# service=") && line !== "version 1") lines.push(line);
    if (lines.length > MAX_REFS) throw new RepoUnavailable("The repository has too many branches and tags.");
  }
  if (lines[0] === "version 2") return { version: 2, abilities: lines.slice(1) };
  const [first = "", abilities = ""] = (lines[0] ?? "").split("\0");
  const pairs = [first, ...lines.slice(1)].map((line) => ({ oid: line.slice(0, 40), name: line.slice(41) }));
  return { version: 0, abilities: abilities.split(" "), refs: joinPeeled(pairs) };
}

/** Lines of protocol 2's ls-refs: `<oid> <name> [peeled:<oid>] [symref-target:<name>]`. */
export async function readLsRefs(packets: AsyncIterable<Packet>): Promise<Ref[]> {
  const refs: Ref[] = [];
  for await (const packet of packets) {
    if (packet.kind !== "data") break;
    const [oid = "", name = "", ...facts] = packet.bytes.toString().replace(/\n$/, "").split(" ");
    const peeled = facts.find((fact) => fact.startsWith("peeled:"))?.slice("peeled:".length);
    refs.push(peeled === undefined ? { oid, name } : { oid, name, peeled });
    if (refs.length > MAX_REFS) throw new RepoUnavailable("The repository has too many branches and tags.");
  }
  return refs;
}

/**
 * Finds the ref as git would: a full commit, else a branch, else a tag, else a full ref name.
 * @throws RepoUnavailable when there is none.
 */
export function resolveRef(refs: readonly Ref[], ref: string | undefined): Wanted {
  if (ref !== undefined && OBJECT_ID.test(ref)) return { want: ref, commit: ref };
  const names = ref === undefined ? ["HEAD"] : [`refs/heads/${ref}`, `refs/tags/${ref}`, ref];
  for (const name of names) {
    const found = refs.find((candidate) => candidate.name === name);
    if (found === undefined) continue;
    const commit = found.peeled ?? found.oid;
    if (OBJECT_ID.test(found.oid) && OBJECT_ID.test(commit)) return { want: found.oid, commit };
  }
  throw new RepoUnavailable(
    ref === undefined ? "The repository is empty." : "The repository has no such branch, tag or commit.",
  );
}

function joinPeeled(pairs: readonly Ref[]): Ref[] {
  const peeled = new Map(
    pairs.filter(({ name }) => name.endsWith("^{}")).map(({ name, oid }) => [name.slice(0, -3), oid]),
  );
  return pairs
    .filter(({ name }) => !name.endsWith("^{}"))
    .map((ref) => {
      const inner = peeled.get(ref.name);
      return inner === undefined ? ref : { ...ref, peeled: inner };
    });
}
