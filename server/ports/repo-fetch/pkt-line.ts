/** Git's packet lines (gitprotocol-common): four hex digits of length, then the bytes. 0000, 0001, 0002 are marks. */

export type Packet = { readonly kind: "data"; readonly bytes: Buffer } | { readonly kind: "flush" | "delim" | "end" };

export const FLUSH = Buffer.from("0000");
export const DELIM = Buffer.from("0001");

/** A data packet. */
export function packet(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content as string);
  if (bytes.length > 65_516) throw new RangeError("A packet is too long.");
  return Buffer.concat([Buffer.from((bytes.length + 4).toString(16).padStart(4, "0")), bytes]);
}

/** Reads packets from a body as it arrives. Throws on anything that is not a packet line. */
export async function* readPackets(body: AsyncIterable<Buffer>): AsyncGenerator<Packet> {
  let held: Buffer = Buffer.alloc(0);
  for await (const chunk of body) {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    let at = 0;
    while (held.length - at >= 4) {
      const head = held.toString("latin1", at, at + 4);
      if (!/^[0-9a-f]{4}$/i.test(head)) throw new Error("The answer is not in git's protocol.");
      const length = Number.parseInt(head, 16);
      if (length === 3) throw new Error("The answer is not in git's protocol.");
      if (length < 4) {
        yield { kind: length === 0 ? "flush" : length === 1 ? "delim" : "end" };
        at += 4;
        continue;
      }
      if (held.length - at < length) break;
      yield { kind: "data", bytes: held.subarray(at + 4, at + length) };
      at += length;
    }
    held = held.subarray(at);
  }
  if (held.length > 0) throw new Error("The answer ended in the middle.");
}
