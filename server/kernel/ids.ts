import { randomBytes } from "node:crypto";

const ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz";

/** What an id looks like; anything else is answered like an id that does not exist, before the database is asked. */
export const ID_PATTERN = /^c[0-9a-z]{24}$/;

/**
 * A new opaque id: `c`, nine characters of time (so that new rows land side by side in an index), fifteen random ones.
 */
export function newId(): string {
  let random = "";
  for (const byte of randomBytes(15)) random += ALPHABET[byte % 36];
  return `c${Date.now().toString(36).padStart(9, "0").slice(-9)}${random}`;
}
