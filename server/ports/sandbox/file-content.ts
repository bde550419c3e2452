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
