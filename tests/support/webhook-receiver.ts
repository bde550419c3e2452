import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { onTestFinished } from "vitest";

export type Received = {
  headers: Record<string, string>;
  body: string;
  event: { type: string; data: Record<string, unknown> };
};
type Reply = (request: IncomingMessage, response: ServerResponse) => void;

export const answer =
  (status: number, headers: Record<string, string> = {}, body = ""): Reply =>
  (_request, response) =>
    void response.writeHead(status, headers).end(body);

/** For `vi.waitFor`: a delivery comes in its turn, and late on a machine that is shared. */
export const PATIENT = { timeout: 20_000, interval: 20 };

/** An agent's server on this machine. Answers as `reply` says at the time; 200 at first. */
export async function webhookReceiver() {
  const state = { url: "", reply: answer(200), received: [] as Received[] };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    state.received.push({ headers: request.headers as Record<string, string>, body, event: JSON.parse(body) });
    state.reply(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  state.url = `http://127.0.0.1:${(server.address() as { port: number }).port}/hook`;
  return state;
}
