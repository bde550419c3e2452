import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { isIP } from "node:net";
import { getRequestListener } from "@hono/node-server";
import proxyAddress from "proxy-addr";
import { ADDRESS_HEADER } from "../kernel/caller-address.ts";
import { CityError } from "../kernel/errors.ts";
import { refuse } from "../rest/adapter.ts";

export type NextHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

/** Paths that are answered here, without Next. `/api/auth` is next-auth's and stays with Next. */
const OURS = /^\/(?:api\/(?:v1|trpc|inngest|webhooks)(?:[/?]|$)|health(?:[?]|$)|ready(?:[?]|$)|git\/|local\/)/;

/** Headers by which a client could impersonate the front door, or Next's router; they are removed. */
const FORBIDDEN_HEADERS = ["x-middleware-subrequest", ADDRESS_HEADER];

/** Bytes that any body may hold: more than the largest operation takes; each operation has its own limit besides. */
export const BODY_BYTES = 8 * 1_048_576;

/** Time-outs for a client that sends slowly, in milliseconds, and how often they are checked. */
type Patience = { headersMs: number; requestMs: number; checkMs: number };
const PATIENCE: Patience = { headersMs: 10_000, requestMs: 30_000, checkMs: 5_000 };

type Options = {
  /**
   * Proxies in front of the city. Where one of them calls, the client is whoever it names in `X-Forwarded-For`; from
   * anyone else that header means nothing. Limits are counted by this address.
   */
  trustedProxies: string[];
  /** Host names the city answers to besides `localhost`; omitted: any. Prevents DNS rebinding. */
  hostNames?: string[];
  patience?: Patience;
};

/**
 * One HTTP server for everything: our own handlers where every millisecond counts, Next for pages. Slow and oversized
 * requests are cut here, before either sees them.
 */
export function makeFrontDoor(
  api: (request: Request) => Promise<Response> | Response,
  next: NextHandler | null,
  { trustedProxies, hostNames, patience = PATIENCE }: Options,
): Server {
  const trusted = proxyAddress.compile(trustedProxies);
  const tooLarge = new CityError("PAYLOAD_TOO_LARGE", `A body may hold ${BODY_BYTES} bytes.`);
  const refuseSize = getRequestListener((request) => refuse(request, tooLarge), { overrideGlobalObjects: false });
  const refuseName = getRequestListener(() => new Response(WRONG_NAME, { status: 421 }), {
    overrideGlobalObjects: false,
  });
  const ours = getRequestListener(api, { overrideGlobalObjects: false });
  const server = createServer({ connectionsCheckingInterval: patience.checkMs }, (request, response) => {
    dropForbidden(request);
    const address = proxyAddress(request, trusted) ?? "unknown";
    request.headers[ADDRESS_HEADER] = address;
    request.rawHeaders.push(ADDRESS_HEADER, address);
    if (hostNames && !isCalledByName(request, hostNames)) return void refuseName(request, response);
    if (Number(request.headers["content-length"] ?? 0) > BODY_BYTES) return void refuseSize(request, response);
    if (request.headers["transfer-encoding"]) cutOversized(request, response);
    if (OURS.test(request.url ?? "/") || !next) return void ours(request, response);
    return void next(request, response);
  });
  server.headersTimeout = patience.headersMs;
  server.requestTimeout = patience.requestMs;
  server.keepAliveTimeout = 65_000;
  server.maxHeadersCount = 100;
  return server;
}

const WRONG_NAME = `This city does not go by that name. Open it as localhost, or start it with PUBLIC_URL set to the address
that you use.
`;

/** IP addresses pass: DNS rebinding needs a name. */
function isCalledByName(request: IncomingMessage, names: readonly string[]): boolean {
  const url = `http://${request.headers.host}`;
  if (!URL.canParse(url)) return false;
  const { hostname } = new URL(url);
  if (isIP(hostname.replace(/^\[|\]$/g, "")) !== 0) return true;
  return hostname === "localhost" || hostname.endsWith(".localhost") || names.includes(hostname);
}

/** A chunked body is counted as it arrives, and cut as Node itself cuts one that comes too slowly. */
function cutOversized(request: IncomingMessage, response: ServerResponse): void {
  const push = request.push.bind(request);
  let size = 0;
  request.push = (chunk: Buffer | null, encoding) => {
    size += chunk?.length ?? 0;
    if (size <= BODY_BYTES) return push(chunk, encoding);
    if (!response.headersSent) request.socket.write("HTTP/1.1 413 Payload Too Large\r\nconnection: close\r\n\r\n");
    request.socket.destroy();
    return false;
  };
}

/** Next reads `headers`, our own handlers are given `rawHeaders`: both must be clean. */
function dropForbidden(request: IncomingMessage): void {
  for (const header of FORBIDDEN_HEADERS) delete request.headers[header];
  for (let i = request.rawHeaders.length - 2; i >= 0; i -= 2) {
    if (FORBIDDEN_HEADERS.includes(request.rawHeaders[i]?.toLowerCase() ?? "")) request.rawHeaders.splice(i, 2);
  }
}
