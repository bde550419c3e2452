/**
 * An HTTP request that can only reach a public address. The name is looked up once, every answer is checked, and the
 * address of the connected socket is checked again, so that a name which changes its answer (DNS rebinding) gains
 * nothing. Redirects are never followed.
 */
import { type LookupAddress, lookup as systemLookup } from "node:dns";
import { type IncomingMessage, request as plainRequest } from "node:http";
import { request as tlsRequest } from "node:https";
import type { LookupFunction, Socket } from "node:net";
import { isPublicAddress, isPublicHost } from "./address.ts";

/** Refused by our own rules, as opposed to a network that failed. The message is public. */
export class AddressRefused extends Error {
  override readonly name = "AddressRefused";
}

export type GuardedRequest = {
  readonly method: "GET" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  readonly signal: AbortSignal;
  /** Set for addresses that the configuration lists by name, such as local remotes; skips every check. */
  readonly trusted?: boolean;
  /** Tests replace it to answer as a hostile resolver would. */
  readonly lookup?: LookupFunction;
};

/**
 * Sends the request and answers as soon as the headers are there; the body is the caller's to read.
 * @throws AddressRefused before a byte is sent to an address that is not public.
 */
export function guardedRequest(url: URL, options: GuardedRequest): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const trusted = options.trusted === true;
  if (!trusted && url.protocol !== "https:") return Promise.reject(new AddressRefused("Only https is allowed."));
  if (!trusted && !isPublicHost(url.hostname)) {
    return Promise.reject(new AddressRefused("The host is not a public one."));
  }
  const send = url.protocol === "https:" ? tlsRequest : plainRequest;
  const request = send(url, {
    method: options.method,
    headers: { ...options.headers, ...(options.body && { "content-length": String(options.body.length) }) },
    signal: options.signal,
    // A fresh socket each time: a pooled one could have been opened under other rules.
    agent: false,
    lookup: trusted ? undefined : checkedLookup(options.lookup ?? (systemLookup as LookupFunction)),
  });
  request.on("socket", (socket: Socket) => {
    const check = () => {
      if (trusted || isPublicAddress(socket.remoteAddress ?? "")) return;
      request.destroy(new AddressRefused("The host's address is not a public one."));
    };
    if (socket.connecting) socket.once("connect", check);
    else check();
  });
  const unanswered = () => reject(Object.assign(new Error("closed without an answer"), { code: "ECONNRESET" }));
  request.on("response", resolve);
  request.on("error", reject);
  // An answer of 101 hands the bare connection over, and Node then tells of nothing else.
  request.on("upgrade", (_response, socket) => {
    socket.destroy();
    unanswered();
  });
  request.on("close", unanswered);
  request.end(options.body);
  return promise;
}

/** One bad address among the answers refuses them all: the next attempt might take it. */
function checkedLookup(inner: LookupFunction): LookupFunction {
  return (hostname, options, callback) => {
    inner(hostname, options, (error, address, family) => {
      if (error) return callback(error, address, family);
      const all = Array.isArray(address) ? (address as LookupAddress[]).map((entry) => entry.address) : [address];
      if (all.length === 0 || !all.every(isPublicAddress)) {
        return callback(new AddressRefused("The host's address is not a public one."), address, family);
      }
      callback(null, address, family);
    });
  };
}
