import { randomBytes } from "node:crypto";

const ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz";

/**
 * A new opaque id: `c`, nine characters of time (so that new rows land side by side in an index), fifteen random ones.
 */
export function newId(): string {
  let random = "";
  for (const byte of randomBytes(15)) random += ALPHABET[byte % 36];
  return `c${Date.now().toString(36).padStart(9, "0").slice(-9)}${random}`;
}
