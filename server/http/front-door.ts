import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { getRequestListener } from "@hono/node-server";
import proxyAddress from "proxy-addr";

export type NextHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

/** Paths that are answered here, without Next. `/api/auth` is next-auth's and stays with Next. */
const OURS = /^\/(?:api\/(?:v1|trpc|inngest|webhooks)(?:[/?]|$)|health(?:[?]|$)|ready(?:[?]|$)|git\/|local\/)/;

/** Headers by which a client could pretend to be our own proxy, or Next's own router. */
const FORBIDDEN_HEADERS = ["x-middleware-subrequest", "x-city-address"];

/** How long a client may take to send, in milliseconds, and how often that is looked at. */
type Patience = { headersMs: number; requestMs: number; checkMs: number };
const PATIENCE: Patience = { headersMs: 10_000, requestMs: 30_000, checkMs: 5_000 };

type Options = {
  /**
   * Proxies in front of the city. Where one of them calls, the client is whoever it names in `X-Forwarded-For`; from
   * anyone else that header means nothing. Limits are counted by this address.
   */
  trustedProxies: string[];
  patience?: Patience;
};

/**
 * One HTTP server for everything: our own handlers where every millisecond counts, Next for pages. Slow and oversized
 * requests are cut here, before either sees them.
 */
export function makeFrontDoor(
  api: (request: Request) => Promise<Response> | Response,
  next: NextHandler | null,
  { trustedProxies, patience = PATIENCE }: Options,
): Server {
  const trusted = proxyAddress.compile(trustedProxies);
  const ours = getRequestListener(api, { overrideGlobalObjects: false });
  const server = createServer({ connectionsCheckingInterval: patience.checkMs }, (request, response) => {
    dropForbidden(request);
    const address = proxyAddress(request, trusted) ?? "unknown";
    request.headers["x-city-address"] = address;
    request.rawHeaders.push("x-city-address", address);
    const path = request.url ?? "/";
    if (OURS.test(path) || !next) {
      void ours(request, response);
    } else {
      void next(request, response);
    }
  });
  server.headersTimeout = patience.headersMs;
  server.requestTimeout = patience.requestMs;
  server.keepAliveTimeout = 65_000;
  server.maxHeadersCount = 100;
  return server;
}

/** Next reads `headers`, our own handlers are given `rawHeaders`: both must be clean. */
function dropForbidden(request: IncomingMessage): void {
  for (const header of FORBIDDEN_HEADERS) delete request.headers[header];
  for (let i = request.rawHeaders.length - 2; i >= 0; i -= 2) {
    if (FORBIDDEN_HEADERS.includes(request.rawHeaders[i]?.toLowerCase() ?? "")) request.rawHeaders.splice(i, 2);
  }
}
