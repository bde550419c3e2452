/**
 * Fetches one commit over git's smart HTTP (gitprotocol-http, protocols 2 and 0), without git. The pack is passed on
 * as bytes. What a hostile remote can do to this process is bounded by sizes, time and the packet grammar.
 */
import type { IncomingMessage } from "node:http";
import type { LookupFunction } from "node:net";
import { AddressRefused, guardedRequest } from "../outgoing-http/guarded-request.ts";
import type { FetchedRepo, RepoFetcher, RepoRequest } from "../repo-fetch.ts";
import { isRepoUnavailable, RepoUnavailable } from "../sandbox.ts";
import { DELIM, FLUSH, type Packet, packet, readPackets } from "./pkt-line.ts";
import { OBJECT_ID, readAdvert, readLsRefs, resolveRef, type Wanted } from "./ref-advert.ts";
import { type RepoPolicy, type RepoUrl, readRepoUrl, refRefusal } from "./repo-url.ts";

const MAX_ADVERT_BYTES = 32 * 1024 * 1024;
const AGENT = "ai-city/1";

export type BrokerOptions = RepoPolicy & {
  /** Tests replace it to answer as a hostile resolver would. */
  readonly lookup?: LookupFunction;
};

export function repoBroker(options: BrokerOptions): RepoFetcher {
  return {
    refusal(url, ref) {
      const read = readRepoUrl(url, options);
      if ("refusal" in read) return read.refusal;
      return ref === undefined ? null : refRefusal(ref);
    },
    async fetch(request) {
      const read = readRepoUrl(request.url, options);
      if ("refusal" in read) throw new RepoUnavailable(read.refusal);
      const badRef = request.ref === undefined ? null : refRefusal(request.ref);
      if (badRef !== null) throw new RepoUnavailable(badRef);
      const signal = AbortSignal.timeout(request.timeoutMs);
      try {
        return await fetchPack(new Remote(read, request, options, signal), request);
      } catch (error) {
        throw explain(error, signal);
      }
    },
  };
}

async function fetchPack(remote: Remote, { ref, maxPackBytes }: RepoRequest): Promise<FetchedRepo> {
  const advert = await readAdvert(readPackets(await remote.get("/info/refs?service=git-upload-pack")));
  if (advert.abilities.some((ability) => /^object-format=(?!sha1$)/.test(ability))) {
    throw new RepoUnavailable("Repositories with SHA-256 object ids are not supported.");
  }
  if (advert.version === 0) {
    const wanted = resolveRef(advert.refs, ref);
    const body = await remote.post(wantsVersion0(wanted, advert.abilities));
    return { commit: wanted.commit, pack: await collectPack(readPackets(body), maxPackBytes, 0) };
  }
  const wanted = await resolveVersion2(remote, ref);
  const body = await remote.post(wantsVersion2(wanted));
  return { commit: wanted.commit, pack: await collectPack(readPackets(body), maxPackBytes, 2) };
}

async function resolveVersion2(remote: Remote, ref: string | undefined): Promise<Wanted> {
  if (ref !== undefined && OBJECT_ID.test(ref)) return { want: ref, commit: ref };
  const prefixes = ref === undefined ? ["HEAD"] : [`refs/heads/${ref}`, `refs/tags/${ref}`, ref];
  const body = Buffer.concat([
    packet("command=ls-refs\n"),
    packet(`agent=${AGENT}\n`),
    DELIM,
    packet("peel\n"),
    ...prefixes.map((prefix) => packet(`ref-prefix ${prefix}\n`)),
    FLUSH,
  ]);
  return resolveRef(await readLsRefs(readPackets(await remote.post(body))), ref);
}

function wantsVersion2({ want }: Wanted): Buffer {
  return Buffer.concat([
    packet("command=fetch\n"),
    packet(`agent=${AGENT}\n`),
    DELIM,
    packet("ofs-delta\n"),
    packet("no-progress\n"),
    packet(`want ${want}\n`),
    packet("deepen 1\n"),
    packet("done\n"),
    FLUSH,
  ]);
}

function wantsVersion0({ want }: Wanted, abilities: readonly string[]): Buffer {
  if (!abilities.includes("shallow")) throw new RepoUnavailable("The remote does not support shallow fetches.");
  if (!abilities.includes("side-band-64k")) throw new RepoUnavailable("The remote's git is too old.");
  const used = ["side-band-64k", "ofs-delta", "no-progress"].filter((ability) => abilities.includes(ability));
  const first = packet(`want ${want} ${used.join(" ")} agent=${AGENT}\n`);
  return Buffer.concat([first, packet("deepen 1\n"), FLUSH, packet("done\n")]);
}

/** Takes band 1 of the side-band; band 3 is the remote's own word on why it failed. */
async function collectPack(packets: AsyncIterable<Packet>, maxBytes: number, version: 0 | 2): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  let inPack = version === 0;
  for await (const part of packets) {
    if (part.kind !== "data") continue;
    const text = part.bytes.length < 200 ? part.bytes.toString() : "";
    if (text.startsWith("ERR ")) throw new RepoUnavailable("The remote does not hand out this branch, tag or commit.");
    if (!inPack) {
      inPack = text === "packfile\n";
      continue;
    }
    if (version === 0 && chunks.length === 0 && /^(shallow |unshallow |NAK|ACK )/.test(text)) continue;
    const band = part.bytes[0];
    if (band === 3) throw new RepoUnavailable("The remote stopped with an error of its own.");
    if (band === 2) continue;
    if (band !== 1) throw new Error("The answer is not in git's protocol.");
    bytes += part.bytes.length - 1;
    if (bytes > maxBytes) {
      throw new RepoUnavailable(
        `The repository is too large: its pack exceeds ${Math.round(maxBytes / 1_000_000)} MB.`,
      );
    }
    chunks.push(Buffer.from(part.bytes.subarray(1)));
  }
  const pack = Buffer.concat(chunks);
  if (pack.subarray(0, 4).toString("latin1") !== "PACK") throw new Error("The remote sent no pack.");
  return pack;
}

/** One remote, one set of headers. The token goes into the Authorization header and nowhere else. */
class Remote {
  private readonly repo: RepoUrl;
  private readonly headers: Readonly<Record<string, string>>;
  private readonly options: BrokerOptions;
  private readonly signal: AbortSignal;

  constructor(repo: RepoUrl, request: RepoRequest, options: BrokerOptions, signal: AbortSignal) {
    this.repo = repo;
    this.options = options;
    this.signal = signal;
    this.headers = {
      "user-agent": `git/${AGENT}`,
      "git-protocol": "version=2",
      "accept-encoding": "identity",
      ...(request.token !== undefined && { authorization: authorization(request.token) }),
    };
  }

  get(path: string): Promise<AsyncIterable<Buffer>> {
    return this.send("GET", path, "application/x-git-upload-pack-advertisement");
  }

  post(body: Buffer): Promise<AsyncIterable<Buffer>> {
    return this.send("POST", "/git-upload-pack", "application/x-git-upload-pack-result", body);
  }

  private async send(method: "GET" | "POST", path: string, type: string, body?: Buffer) {
    const { url, local } = this.repo;
    const { lookup } = this.options;
    const base = url.href.replace(/\/$/, "");
    // Every host knows the name with ".git"; some answer the short one with a redirect, which would be refused.
    const target = new URL((local || base.endsWith(".git") ? base : `${base}.git`) + path);
    const sent: Record<string, string> =
      body === undefined ? {} : { "content-type": "application/x-git-upload-pack-request" };
    const response = await guardedRequest(target, {
      method,
      headers: { ...this.headers, ...sent, accept: type },
      signal: this.signal,
      trusted: local,
      ...(body && { body }),
      ...(lookup && { lookup }),
    });
    const refusal = statusRefusal(response, type);
    if (refusal !== null) {
      response.destroy();
      throw new RepoUnavailable(refusal);
    }
    return method === "GET" ? upTo(response, MAX_ADVERT_BYTES) : response;
  }
}

/** Hosts take the token as a password under any user name. */
function authorization(token: string): string {
  return `Basic ${Buffer.from(`x-access-token:${token}`).toString("base64")}`;
}

function statusRefusal(response: IncomingMessage, type: string): string | null {
  const status = response.statusCode ?? 0;
  if (status >= 300 && status < 400) return "The repository has moved: the remote answered with a redirect.";
  if (status === 401 || status === 403) return "The repository is private, or the token does not open it.";
  if (status === 404) return "There is no such repository, or it is private.";
  if (status !== 200) return `The remote answered with status ${status}.`;
  return response.headers["content-type"] === type ? null : "The URL does not lead to a git repository.";
}

async function* upTo(body: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new RepoUnavailable("The repository has too many branches and tags.");
    yield chunk;
  }
}

/** The public sentence for whatever went wrong. The original error is kept as `cause`, for the log; no token is in it. */
function explain(error: unknown, signal: AbortSignal): RepoUnavailable {
  if (isRepoUnavailable(error)) return error;
  if (signal.aborted) return new RepoUnavailable("The remote took too long.", { cause: error });
  if (error instanceof AddressRefused) return new RepoUnavailable(error.message, { cause: error });
  return new RepoUnavailable("The remote could not be reached, or does not speak git's protocol.", { cause: error });
}
