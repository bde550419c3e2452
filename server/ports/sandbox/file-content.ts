/** How the content of a file is handed out, the same by every adapter. */
import { isUtf8 } from "node:buffer";
import type { FileContent } from "../sandbox.ts";

/** Bytes of a file that one read answers. */
export const MAX_READ_BYTES = 1024 * 1024;

/** Text when the bytes are UTF-8, else base64. A cut may fall inside a character, which is then left out. */
export function asText(bytes: Buffer, sizeBytes: number): Pick<FileContent, "content" | "encoding" | "truncated"> {
  const truncated = bytes.length < sizeBytes;
  for (let cut = 0; cut <= (truncated ? 3 : 0); cut++) {
    const part = bytes.subarray(0, bytes.length - cut);
    if (isUtf8(part) && !part.includes(0)) return { content: part.toString(), encoding: "utf8", truncated };
  }
  return { content: bytes.toString("base64"), encoding: "base64", truncated };
}

/** Lines as git counts them; null for a binary file (a NUL among the first 8,000 bytes, git's own rule). */
export function countLines(data: Buffer): number | null {
  if (data.subarray(0, 8000).includes(0)) return null;
  let lines = 0;
  for (let at = data.indexOf(10); at !== -1; at = data.indexOf(10, at + 1)) lines++;
  return data.length > 0 && data[data.length - 1] !== 10 ? lines + 1 : lines;
}
