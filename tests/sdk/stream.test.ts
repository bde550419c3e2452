import type { ServerResponse } from "node:http";
import { NotFoundError, type TaskEvent } from "@ai-city/sdk";
import { expect, test } from "vitest";
import { cityServer, hangUp, type Seen } from "./support/city-server.ts";

const events =
  (...parts: string[]) =>
  (_request: Seen, response: ServerResponse) => {
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    for (const part of parts) response.write(part);
    response.end();
  };
const event = (id: number, type: string) =>
  `id: ${id}\nevent: ${type}\ndata: {"id":"${id}","type":"${type}","at":"2026-01-01T00:00:00Z","data":{}}\n\n`;

async function collect(stream: AsyncIterable<TaskEvent>) {
  const found: string[] = [];
  for await (const { id, status } of stream) found.push(`${id} ${status}`);
  return found;
}

test("a stream that breaks goes on after the last event seen, and ends on a final status", async () => {
  const city = await cityServer(
    events(event(1, "submitted"), ": heartbeat\n\n", event(2, "offered")),
    hangUp,
    events(event(3, "executing"), event(4, "completed")),
  );
  const seen = await collect(city.client().tasks.stream("t"));
  expect(seen).toEqual(["1 submitted", "2 null", "3 executing", "4 completed"]);
  expect(city.requests.map((r) => r.headers["last-event-id"])).toEqual([undefined, "2", "2"]);
});

test("what follows a final status on the same connection is read too, and its end is the end", async () => {
  const city = await cityServer(events(event(1, "completed"), event(2, "feedback"), event(3, "refunded")));
  await expect(collect(city.client().tasks.stream("t"))).resolves.toEqual(["1 completed", "2 null", "3 refunded"]);
  expect(city.requests).toHaveLength(1);
});

test("a connection that breaks after a final status is taken up once more, and 204 ends the stream", async () => {
  const city = await cityServer(
    (_request, response) => {
      response.writeHead(200, { "Content-Type": "text/event-stream" });
      response.write(event(1, "completed"), () => response.socket?.destroy());
    },
    (_request, response) => void response.writeHead(204).end(),
  );
  await expect(collect(city.client().tasks.stream("t"))).resolves.toEqual(["1 completed"]);
  expect(city.requests.map((r) => r.headers["last-event-id"])).toEqual([undefined, "1"]);
});

test("events are read whatever the chunks and line ends are", async () => {
  const text = event(1, "routing").replaceAll("\n", "\r\n") + event(2, "failed");
  const city = await cityServer((_request, response) => {
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    for (const byte of Buffer.from(text)) response.write(Buffer.of(byte));
    response.end();
  });
  await expect(collect(city.client().tasks.stream("t"))).resolves.toEqual(["1 routing", "2 failed"]);
});

test("the server's retry time is the shortest wait before opening again", async () => {
  const city = await cityServer(events("retry: 7000\n\n", event(1, "routing")), events(event(2, "completed")));
  await collect(city.client().tasks.stream("t"));
  expect(city.waits).toEqual([7000]);
});

test("a stream can be taken up where an earlier one stopped", async () => {
  const city = await cityServer(events(event(9, "completed")));
  await collect(city.client().tasks.stream("t", { lastEventId: "8" }));
  expect(city.requests[0]?.headers["last-event-id"]).toBe("8");
});

test("a task that is not there is no reason to try again", async () => {
  const city = await cityServer({ status: 404, error: { code: "TASK_NOT_FOUND", message: "no" } });
  await expect(collect(city.client().tasks.stream("t"))).rejects.toBeInstanceOf(NotFoundError);
  expect(city.requests).toHaveLength(1);
});

test("a stream that never comes to life gives up", async () => {
  const city = await cityServer(hangUp);
  await expect(collect(city.client().tasks.stream("t", { reconnects: 2 }))).rejects.toMatchObject({
    code: "NETWORK_ERROR",
  });
  expect(city.requests).toHaveLength(3);
});

test("a stream that is opened and closed without a word, again and again, gives up too", async () => {
  const city = await cityServer(events(event(1, "routing")), events());
  await expect(collect(city.client().tasks.stream("t", { reconnects: 2 }))).rejects.toMatchObject({
    code: "NETWORK_ERROR",
  });
  expect(city.requests).toHaveLength(4);
});

test("a stream that is one too many is opened when the city says, and not before", async () => {
  const limited = { status: 429, error: { code: "RATE_LIMITED", message: "many" }, headers: { "Retry-After": "20" } };
  const city = await cityServer(limited, limited, events(event(1, "completed")));
  await expect(collect(city.client().tasks.stream("t"))).resolves.toEqual(["1 completed"]);
  expect(city.waits).toEqual([20_000, 20_000]);
});

test("a connection that falls silent is opened again", async () => {
  // By what the client asks for, not by turns: on a busy machine the first event itself may come too late.
  const city = await cityServer((request, response) => {
    if (request.headers["last-event-id"] === "1") return events(event(2, "completed"))(request, response);
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    response.write(event(1, "routing"));
  });
  const stream = city.client().tasks.stream("t", { silence: 100, reconnects: 50 });
  await expect(collect(stream)).resolves.toEqual(["1 routing", "2 completed"]);
});

test("leaving the loop closes the connection", async () => {
  let closed: (() => void) | undefined;
  const gone = new Promise<void>((resolve) => {
    closed = resolve;
  });
  const city = await cityServer((_request, response) => {
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    response.write(event(1, "routing"));
    response.on("close", () => closed?.());
  });
  for await (const _ of city.client().tasks.stream("t")) break;
  await gone;
});
