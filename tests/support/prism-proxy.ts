import type { createServer } from "@stoplight/prism-http-server";

type Logger = Parameters<typeof createServer>[1]["components"]["logger"];
export type PrismProxy = { url: string; close(): Promise<void> };

/**
 * Prism as a validating proxy in front of an API: it forwards every request and writes what it found wrong with the
 * request or the answer into the answer's header `sl-violations`.
 * @param document the OpenAPI document; its paths are taken from the root of the proxy
 * @param upstream where the API is, `/api/v1` included
 */
export async function startPrism(document: object, upstream: string): Promise<PrismProxy> {
  // Only where it is used: it takes more than a second to load.
  const { getHttpOperationsFromSpec } = await import("@stoplight/prism-http");
  const { createServer } = await import("@stoplight/prism-http-server");
  // Prism replaces references by what they lead to, in the very object it is given.
  const operations = await getHttpOperationsFromSpec(structuredClone(document));
  const server = createServer(operations, {
    components: { logger: silent() },
    cors: false,
    config: {
      isProxy: true,
      upstream: new URL(upstream),
      upstreamProxy: undefined,
      checkSecurity: true,
      validateRequest: true,
      validateResponse: true,
      // Whether a violation matters depends on the answer, which only we can judge.
      errors: false,
      mock: { dynamic: false },
    },
  });
  return { url: await server.listen(0, "127.0.0.1"), close: () => server.close() };
}

type Violation = { location: string[]; severity: string; message: string };

/**
 * What Prism holds against an exchange: any fault of the answer, and a fault of the request that the API let pass. A
 * request that is at fault and refused is as it should be.
 */
export function prismVerdict(answer: Response): string[] {
  const told = answer.headers.get("sl-violations");
  if (told === null) return [];
  const found = JSON.parse(told.replace(/^Too many violations!.*$/s, MANY)) as Violation[];
  return found
    .filter(({ location: [part] }) => part === "response" || answer.status < 400)
    .map(({ location, message }) => `${location.join(".")}: ${message}`);
}

const MANY = JSON.stringify([
  { location: ["response"], severity: "Error", message: "more faults than a header holds" },
]);

/**
 * Whether Prism can carry a request as it is. It collects whole bodies, so a stream would never arrive, and it reads and
 * writes JSON anew, so what is wrong with the text of a body would be mended or refused on the way.
 */
export function prismCarries(streams: boolean, body: unknown): boolean {
  if (streams) return false;
  if (body === undefined || body === null) return true;
  try {
    const value = JSON.parse(body as string);
    return typeof value === "object" && value !== null && JSON.stringify(value) === body;
  } catch {
    return false;
  }
}

function silent(): Logger {
  const nothing = () => {};
  const levels = ["trace", "debug", "info", "success", "warn", "error", "fatal"];
  const logger = Object.fromEntries(levels.map((level) => [level, nothing]));
  return Object.assign(logger, { child: () => logger }) as unknown as Logger;
}
