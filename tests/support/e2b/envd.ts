/** The service that E2B keeps in each machine, as far as the `e2b` package uses it: processes over Connect, and files. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import type { StandInMachine } from "./machine.ts";

type StartRequest = { process: { cmd: string; args?: string[]; envs?: Record<string, string> } };

export async function answerEnvd(
  machine: StandInMachine | undefined,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  // What E2B's proxy says of a machine that is no more.
  if (machine === undefined) return sendJson(response, 502, { code: 502, message: "The sandbox was not found" });
  if (request.headers["x-access-token"] !== machine.token) return sendJson(response, 401, { code: "unauthenticated" });
  if (url.pathname === "/health") return void response.writeHead(204).end();
  if (url.pathname === "/files" && request.method === "GET") return readFile(machine, url, response);
  if (url.pathname === "/files" && request.method === "POST") return writeFiles(machine, url, request, response);
  if (url.pathname === "/process.Process/Start") return startProcess(machine, request, response);
  return sendJson(response, 404, { code: "unimplemented", message: url.pathname });
}

/** A server stream: start, data as it comes, end, and the closing frame. */
async function startProcess(
  machine: StandInMachine,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await bytesOf(request);
  const asked = JSON.parse(body.subarray(5, 5 + body.readUInt32BE(1)).toString()) as StartRequest;
  const { cmd, args = [], envs = {} } = asked.process;
  const child = await machine.start(cmd, args, userOf(request), { env: envs });
  response.writeHead(200, { "content-type": "application/connect+json" });
  const send = (event: unknown) => response.write(frame(0, { event }));
  send({ start: { pid: child.pid } });
  child.stdout?.on("data", (bytes: Buffer) => send({ data: { stdout: bytes.toString("base64") } }));
  child.stderr?.on("data", (bytes: Buffer) => send({ data: { stderr: bytes.toString("base64") } }));
  child.once("close", (code, signal) => {
    // The process went with its machine: the proxy's connection breaks off in the middle.
    if (signal !== null || code === null) return void response.destroy();
    send({ end: { exitCode: code, exited: true, status: `exit status ${code}` } });
    response.end(frame(2, {}));
  });
}

async function readFile(machine: StandInMachine, url: URL, response: ServerResponse): Promise<void> {
  const path = url.searchParams.get("path") ?? "";
  const child = await machine.start("cat", ["--", path], url.searchParams.get("username") ?? "user");
  const [bytes, code] = await Promise.all([bytesOf(child.stdout ?? Readable.from([])), closed(child)]);
  if (code !== 0) return sendJson(response, 404, { code: 404, message: `path '${path}' does not exist` });
  response.writeHead(200, { "content-type": "application/octet-stream", "content-length": bytes.length }).end(bytes);
}

async function writeFiles(
  machine: StandInMachine,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const type = request.headers["content-type"] ?? "";
  const form = await new Response(new Uint8Array(await bytesOf(request)), {
    headers: { "content-type": type },
  }).formData();
  const written: unknown[] = [];
  for (const part of form.getAll("file")) {
    if (typeof part === "string") continue;
    const path = url.searchParams.get("path") ?? part.name;
    const child = await machine.start("tee", ["--", path], url.searchParams.get("username") ?? "user", { stdin: true });
    child.stdout?.resume();
    child.stdin?.end(Buffer.from(await part.arrayBuffer()));
    if ((await closed(child)) !== 0) return sendJson(response, 507, { code: 507, message: "not enough space" });
    written.push({ name: path.split("/").at(-1), path, type: "file" });
  }
  sendJson(response, 200, written);
}

/** `Authorization: Basic user:` names whom to run as; E2B checks no password. */
function userOf(request: IncomingMessage): string {
  const basic = /^Basic (.+)$/.exec(request.headers.authorization ?? "")?.[1] ?? "";
  return Buffer.from(basic, "base64").toString().split(":")[0] || "user";
}

function frame(flags: number, message: unknown): Buffer {
  const body = Buffer.from(JSON.stringify(message));
  const head = Buffer.alloc(5);
  head.writeUInt8(flags, 0);
  head.writeUInt32BE(body.length, 1);
  return Buffer.concat([head, body]);
}

function closed(child: {
  once(event: "close", listener: (code: number | null) => void): unknown;
}): Promise<number | null> {
  return new Promise((resolve) => child.once("close", resolve));
}

export async function bytesOf(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
