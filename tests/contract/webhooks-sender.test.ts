import { createServer, type ServerResponse } from "node:http";
import { createServer as createTcpServer, type LookupFunction } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { guardedWebhookSender } from "#server/ports/webhook-sender/guarded-sender.ts";
import { busyDelay, retryDelay } from "#server/webhooks/rules.ts";

const request = (url: string) => ({ url, headers: { "content-type": "application/json" }, body: "{}" });

/** Every name leads here, as a resolver says that somebody hostile runs. */
const resolvingTo =
  (...addresses: string[]): LookupFunction =>
  (_host, _options, callback) =>
    callback(null, addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })) as never);

const PRIVATE = [
  ...["0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.254", "127.0.0.1", "127.1.2.3"],
  ...["127.255.255.255", "169.254.0.1", "169.254.169.254", "169.254.170.2", "172.16.0.1", "172.31.255.255"],
  ...["192.0.0.1", "192.0.0.170", "192.0.2.1", "192.88.99.1", "192.168.0.1", "192.168.255.255", "198.18.0.1"],
  ...["198.19.255.255", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255"],
  ...["168.63.129.16", "::", "::1", "::127.0.0.1", "::10.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1"],
  ...["::ffff:a9fe:a9fe", "::ffff:169.254.169.254", "0:0:0:0:0:ffff:7f00:1", "::ffff:192.168.1.1", "64:ff9b::7f00:1"],
  ...["64:ff9b::10.0.0.1", "64:ff9b::169.254.169.254", "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1"],
  ...["2002:7f00:1::", "2002:a00:1::", "2002:a9fe:a9fe::", "3fff::1", "5f00::1", "fc00::1", "fd00::1", "fd00:ec2::254"],
  ...["fdff:ffff::1", "fe80::1", "febf::1", "fec0::1", "ff02::1", "ff05::2", "fe80::1%eth0"],
];
const LITERALS = [
  ...["127.0.0.1", "127.1", "0x7f.1", "0177.0.0.1", "2130706433", "0x7f000001", "017700000001", "127.0.0.1.", "0"],
  ...["10.1", "0xa.0.0.1", "012.0.0.1", "167772161", "192.168.1", "0xc0a80001", "3232235521", "2852039166"],
  ...[
    "0xa9fea9fe",
    "169.254.43518",
    "%31%32%37.0.0.1",
    "１２７.0.0.1",
    "127。0。0。1",
    "[::1]",
    "[::]",
    "[::ffff:7f00:1]",
  ],
  ...[
    "[0:0:0:0:0:0:0:1]",
    "[fe80::1]",
    "[fd00:ec2::254]",
    "[64:ff9b::a9fe:a9fe]",
    "localhost",
    "LOCALHOST",
    "localhost.",
  ],
  ...[
    "a.localhost",
    "printer.local",
    "db.internal",
    "metadata.google.internal",
    "intranet",
    "router.lan",
    "x.home.arpa",
  ],
];

test("no form of a private address is reached in production, by name or as it is written", async () => {
  let refused = 0;
  for (const address of PRIVATE) {
    const sender = guardedWebhookSender({ local: false, attemptMs: 2_000, lookup: resolvingTo(address) });
    const sent = await sender.send(request("https://hooks.city-test.org/in"));
    expect(sent, address).toMatchObject({ status: 0, error: "The host's address is not a public one." });
    refused += 1;
  }
  const sender = guardedWebhookSender({ local: false, attemptMs: 2_000 });
  for (const host of LITERALS) {
    expect(sender.refusal(`https://${host}/in`), host).not.toBeNull();
    expect(await sender.send(request(`https://${host}/in`)), host).toMatchObject({ status: 0 });
    refused += 1;
  }
  expect(refused).toBeGreaterThanOrEqual(80);
});

test("one private address among public ones refuses the name; public ones alone are tried", async () => {
  const mixed = guardedWebhookSender({
    local: false,
    attemptMs: 500,
    lookup: resolvingTo("93.184.216.34", "127.0.0.1"),
  });
  expect((await mixed.send(request("https://hooks.city-test.org/"))).error).toContain("not a public one");
  // The control: nothing but the network stands in the way of this one.
  const open = guardedWebhookSender({
    local: false,
    attemptMs: 500,
    lookup: resolvingTo("93.184.216.34", "2606:4700::1111"),
  });
  const sent = await open.send(request("https://hooks.city-test.org/"));
  expect(sent.error ?? "").not.toMatch(/public|allowed|must/);
  expect(open.refusal("https://hooks.city-test.org/in?x=1")).toBeNull();
  expect(open.refusal("https://1.1.1.1/in")).toBeNull();
});

test("production takes https on its usual ports without credentials, local mode this machine as well", () => {
  const production = guardedWebhookSender({ local: false });
  const local = guardedWebhookSender({ local: true });
  for (const url of [
    "http://city-test.org/",
    "https://city-test.org:22/",
    "https://u:p@city-test.org/",
    "https://@city-test.org/",
    "https:city",
  ]) {
    expect(production.refusal(url), url).not.toBeNull();
  }
  for (const url of ["http://127.0.0.1:4000/", "http://localhost:4000/", "http://[::1]:4000/"]) {
    expect(production.refusal(url), url).not.toBeNull();
    expect(local.refusal(url), url).toBeNull();
  }
  for (const url of ["http://10.0.0.1/", "http://169.254.169.254/", "http://city-test.org/"]) {
    expect(local.refusal(url), url).not.toBeNull();
  }
});

async function listening(server: ReturnType<typeof createTcpServer>): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as { port: number }).port}/`;
}

test("an answer that dribbles in is cut off at the deadline, before and after its headers", async () => {
  const sender = guardedWebhookSender({ local: true, attemptMs: 600 });
  const silent = createTcpServer((socket) => {
    socket.on("error", () => {});
    socket.write("HTTP/1.1 200 OK\r\nx-slow: ");
    const timer = setInterval(() => socket.write("a"), 20);
    socket.on("close", () => clearInterval(timer));
  });
  const none = await sender.send(request(await listening(silent)));
  expect(none).toMatchObject({ status: 0, error: "No answer within 1 s." });
  expect(none.durationMs).toBeLessThan(3_000);

  const endless = createServer((_request, response) => {
    response.writeHead(200).write("a");
    const timer = setInterval(() => response.write("a"), 20);
    response.on("close", () => clearInterval(timer));
  });
  const cut = await sender.send(request(await listening(endless)));
  expect(cut.status).toBe(200);
  expect(cut.body).toMatch(/^a+$/);
  expect(cut.durationMs).toBeLessThan(3_000);
});

test("an answer that changes the protocol is none, and the attempt ends there", async () => {
  const closed = Promise.withResolvers<void>();
  const switching = createTcpServer((socket) => {
    socket.on("error", () => {});
    socket.resume().on("close", () => closed.resolve());
    socket.write("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n");
  });
  const sent = await guardedWebhookSender({ local: true }).send(request(await listening(switching)));
  expect(sent).toMatchObject({ status: 0, error: "The connection was closed without an answer." });
  await closed.promise;
});

test("of a 10 MB answer at most a start is read, and 500 characters are kept", async () => {
  const closed = Promise.withResolvers<number>();
  const server = createServer((_request, response: ServerResponse) => {
    response.writeHead(200).end(Buffer.alloc(10 * 1024 * 1024, "x"));
    response.on("close", () => closed.resolve(response.writableFinished ? 10 : 0));
  });
  const sent = await guardedWebhookSender({ local: true }).send(request(await listening(server)));
  expect(sent).toMatchObject({ status: 200, body: "x".repeat(500) });
  expect(await closed.promise).toBe(0);
});

test("slow receivers take at most half of the engine's places, and one for each owner", () => {
  const { reserve } = guardedWebhookSender({ local: true });
  const places = ["slow", "second", "third", "fourth"].map((receiver) => {
    const place = reserve("delivery", receiver);
    expect(reserve("delivery", receiver)).toBeNull();
    return place;
  });
  expect(places.every(Boolean)).toBe(true);
  expect(reserve("delivery", "fifth")).toBeNull();
  expect(reserve("test", "slow")).not.toBeNull();
  places[3]?.();
  places[3]?.();
  expect(reserve("delivery", "fifth")).not.toBeNull();
  expect(reserve("delivery", "fourth")).toBeNull();
});

test("with more places an owner has a sixteenth of them", () => {
  const { reserve } = guardedWebhookSender({ local: false, attemptsAtOnce: 64 });
  const taken = Array.from({ length: 20 }, (_, owner) =>
    Array.from({ length: 5 }, () => reserve("delivery", `${owner}`)),
  );
  expect(taken.map((places) => places.filter(Boolean).length)).toEqual([...Array(16).fill(4), 0, 0, 0, 0]);
});

test("the schedule has ten attempts over 75 h 35 min, spread by a fifth at most, later if Retry-After says so", () => {
  const delays = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((failed) => retryDelay(failed, null, 0) ?? 0);
  expect(delays.reduce((sum, ms) => sum + ms, 0)).toBe(((75 * 60 + 35) * 60 + 5) * 1_000);
  expect(retryDelay(10, null, 0)).toBeNull();
  expect(retryDelay(10, 60, 0)).toBeNull();
  expect(retryDelay(1, null, 1)).toBe(6_000);
  expect(retryDelay(1, 120, 0)).toBe(120_000);
  expect(retryDelay(4, 1, 0)).toBe(7_200_000);
  expect(retryDelay(1, 1e9, 0)).toBe(86_400_000);
  expect(busyDelay(0, 0)).toBe(1_000);
  expect(busyDelay(100, 1)).toBeLessThanOrEqual(60_000);
});
