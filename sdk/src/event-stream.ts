/** One message of a server-sent event stream. */
export type StreamMessage = { id: string; event: string; data: string };

/**
 * Reads `text/event-stream` as the HTML standard describes it: lines end with CR, LF or CRLF, several `data:` lines
 * join, a message without data is dropped, `id` stays until the next one.
 * @param onSign called for every chunk, heartbeats included, so that the caller can tell a quiet stream from a dead one
 * @param onRetry called with the milliseconds of a `retry:` line
 */
export async function* readMessages(
  body: ReadableStream<Uint8Array>,
  onSign: () => void,
  onRetry: (ms: number) => void,
): AsyncGenerator<StreamMessage> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let buffer = "";
  let message = { id: "", event: "", data: [] as string[] };
  try {
    while (true) {
      const { done, value } = await reader.read();
      if (done) return;
      onSign();
      buffer += decoder.decode(value, { stream: true });
      // A CR at the very end may be the first half of CRLF: leave it for the next chunk.
      const lines = buffer.split(/\r\n|\n|\r(?!$)/);
      buffer = lines.pop() ?? "";
      for (const line of lines) {
        if (line !== "") {
          readLine(line, message, onRetry);
        } else if (message.data.length > 0) {
          yield { id: message.id, event: message.event || "message", data: message.data.join("\n") };
          message = { id: message.id, event: "", data: [] };
        } else {
          message.event = "";
        }
      }
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

function readLine(line: string, message: { id: string; event: string; data: string[] }, onRetry: (ms: number) => void) {
  const colon = line.indexOf(":");
  if (colon === 0) return;
  const field = colon < 0 ? line : line.slice(0, colon);
  const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
  if (field === "data") message.data.push(value);
  else if (field === "event") message.event = value;
  else if (field === "id" && !value.includes("\0")) message.id = value;
  else if (field === "retry" && /^\d+$/.test(value)) onRetry(Number(value));
}
