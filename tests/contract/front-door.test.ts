/** The HTTP server before everything: what it cuts, refuses and says, whoever would have answered. */
import { type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BODY_BYTES, makeFrontDoor } from "#server/http/front-door.ts";
import { routes } from "#server/rest/routes.ts";
import { startTestCity, type TestCity, type TestOwner } from "#tests/support/city.ts";

let city: TestCity;
let owner: TestOwner;
beforeAll(async () => {
  city = await startTestCity();
  owner = await city.owner();
});
afterAll(() => city?.stop());

type Options = Partial<Parameters<typeof makeFrontDoor>[2]>;

/** A front door before the same city, with pages of the test's own. */
async function openDoor(options: Options, next: Parameters<typeof makeFrontDoor>[1] = null) {
  const door = makeFrontDoor((request) => city.api(request), next, { trustedProxies: [], ...options });
  await new Promise<void>((resolve) => door.listen(0, "127.0.0.1", resolve));
  const { port } = door.address() as { port: number };
  return {
    /** Sends what is given and nothing more; what came back until the server hung up. */
    dribble: (text: string) =>
      new Promise<string>((resolve) => {
        let answer = "";
        const socket = connect(port, "127.0.0.1", () => socket.write(text));
        socket.on("data", (chunk) => {
          answer += chunk;
        });
        // A server that has answered need not read the rest; the answer is what counts.
        socket.on("error", () => resolve(answer));
        socket.on("close", () => resolve(answer));
      }),
    /** Resolves when no connection is left; those that are idle or under way are ended. */
    close: () =>
      new Promise<void>((resolve) => {
        door.close(() => resolve());
        door.closeAllConnections();
      }),
  };
}
const head = (extra: string, path = "/api/v1/tokens") => `POST ${path} HTTP/1.1\r\nhost: city\r\n${extra}`;
const chunkOf64k = `${(65_536).toString(16)}\r\n${"x".repeat(65_536)}\r\n`;

describe("clients that take their time", () => {
  let door: Awaited<ReturnType<typeof openDoor>>;
  beforeAll(async () => {
    door = await openDoor({ patience: { headersMs: 200, requestMs: 400, checkMs: 50 } });
  });
  afterAll(() => door?.close());

  test("headers that never end are cut with 408", async () => {
    expect(await door.dribble(head("x-slow: 1\r\n"))).toMatch(/^HTTP\/1\.1 408/);
  });

  test("a body that never comes is cut", async () => {
    const answer = await door.dribble(
      head(`content-type: application/json\r\nauthorization: Bearer ${owner.token}\r\ncontent-length: 100\r\n\r\n{"na`),
    );
    expect(answer).not.toMatch(/^HTTP\/1\.1 (2|5)/);
  });
});

describe("clients that send without end", () => {
  let door: Awaited<ReturnType<typeof openDoor>>;
  /** Bytes that reached a page. */
  const paged = Promise.withResolvers<number>();
  beforeAll(async () => {
    door = await openDoor({}, (message: IncomingMessage) => {
      let size = 0;
      message.on("data", (chunk: Buffer) => {
        size += chunk.length;
      });
      message.on("error", () => undefined);
      message.on("close", () => paged.resolve(size));
    });
  });
  afterAll(() => door?.close());

  test("a body without a length is counted as it comes, and 413 beyond 1 MB", async () => {
    const answer = await door.dribble(
      head(
        `connection: close\r\ncontent-type: application/json\r\nauthorization: Bearer ${owner.token}\r\ntransfer-encoding: chunked\r\n\r\n${chunkOf64k.repeat(20)}0\r\n\r\n`,
      ),
    );
    expect(answer).toMatch(/^HTTP\/1\.1 413/);
  });

  test.each(["/api/trpc/auth.signIn", "/api/webhooks/stripe", "/api/inngest", "/api/auth/callback/credentials", "/"])(
    "a body announced as larger than anything takes is 413 at %s, before a byte of it",
    async (path) => {
      const answer = await door.dribble(head(`connection: close\r\ncontent-length: ${BODY_BYTES + 1}\r\n\r\n`, path));
      expect(answer).toMatch(/^HTTP\/1\.1 413/);
      expect(answer).toContain("PAYLOAD_TOO_LARGE");
      expect(answer).toContain(`"details":{"limit":${BODY_BYTES}}`);
    },
  );

  test("a body without a length is cut at the same size on its way to a page", async () => {
    const endless = chunkOf64k.repeat(BODY_BYTES / 65_536 + 2);
    await door.dribble(head(`transfer-encoding: chunked\r\n\r\n${endless}`, "/api/auth/callback/credentials"));
    expect(await paged.promise).toBe(BODY_BYTES);
  });

  test("what an operation may take always fits through the door", () => {
    const largest = Math.max(...routes.map(({ rest }) => rest.maxBody ?? 0));
    expect(largest).toBeLessThan(BODY_BYTES);
  });
});

describe("a client that wants another protocol", () => {
  // As Next does at its first request.
  const listenForUpgrades = (message: IncomingMessage, response: ServerResponse) => {
    (message.socket as Socket & { server: Server }).server.on("upgrade", () => {});
    response.end("a page");
  };
  const ask = (headers: string) => `GET / HTTP/1.1\r\nhost: city\r\n${headers}\r\n\r\n`;

  test("is answered as any other, and neither outstays the time-outs nor holds up the end of the server", async () => {
    const door = await openDoor({}, listenForUpgrades);
    expect(await door.dribble(ask("connection: close"))).toContain("a page");
    expect(await door.dribble(ask("connection: Upgrade, close\r\nupgrade: websocket"))).toContain("a page");
    await door.close();
  });
});

describe("browsers", () => {
  test("are told to come by https only, where that is how they find the city", async () => {
    const ask = "GET /health HTTP/1.1\r\nhost: city\r\nconnection: close\r\n\r\n";
    const secure = await openDoor({ https: true });
    expect((await secure.dribble(ask)).toLowerCase()).toContain("\r\nstrict-transport-security: max-age=31536000\r\n");
    const plain = await openDoor({});
    expect((await plain.dribble(ask)).toLowerCase()).not.toContain("strict-transport-security");
    await Promise.all([secure.close(), plain.close()]);
  });
});

describe("the name that a browser calls the city by", () => {
  const statusFor = (host: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      const call = request(`${city.url}/local/outbox?to=x@example.com`, { headers: { host } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      call.on("error", reject).end();
    });

  test("in local mode is this machine's or an address: no page reads the outbox by leading its own name here", async () => {
    for (const host of ["localhost", "localhost:3000", "shop.localhost", "127.0.0.1:3000", "[::1]:3000", "10.0.0.7"])
      expect(await statusFor(host), host).toBe(200);
    for (const host of ["rebound.example", "rebound.example:3000", "localhost.example", "127.0.0.1.example"])
      expect(await statusFor(host), host).toBe(421);
  });

  test("or the one that PUBLIC_URL or HOST gives it", async () => {
    const door = await openDoor({ hostNames: ["city.test"] });
    const called = (name: string) => door.dribble(`GET /health HTTP/1.1\r\nhost: ${name}\r\nconnection: close\r\n\r\n`);
    expect(await called("CITY.test:80")).toMatch(/^HTTP\/1\.1 200/);
    expect(await called("other.test:80")).toMatch(/^HTTP\/1\.1 421/);
    door.close();
  });
});
