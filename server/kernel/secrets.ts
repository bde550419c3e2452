import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";

/** Every kind of secret the city hands out, by prefix. */
export type SecretPrefix = "ac_live_" | "aco_live_" | "acs_" | "tst_";

/**
 * A new secret: prefix, 32 random bytes, and a CRC-32 of both as the last six characters (base64url), so that a typo or a
 * random string is refused without a look-up (the token format GitHub introduced in 2021).
 */
export function makeSecret(prefix: SecretPrefix): { secret: string; hash: string; display: string } {
  const body = `${prefix}${randomBytes(32).toString("base64url")}`;
  const secret = body + checksum(body);
  return { secret, hash: hashSecret(secret), display: secret.slice(0, prefix.length + 4) };
}

/** Whether the string could be a secret of this kind at all: prefix, length and checksum. */
export function isWellFormedSecret(prefix: SecretPrefix, secret: string): boolean {
  if (!secret.startsWith(prefix) || secret.length !== prefix.length + 43 + 6) return false;
  const body = secret.slice(0, -6);
  return checksum(body) === secret.slice(-6);
}

/** SHA-256 in hex: all that is stored of a secret. A fast hash is right for 256 random bits. */
export function hashSecret(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

function checksum(body: string): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(body));
  return bytes.toString("base64url").slice(0, 6);
}

/**
 * Encrypts a text that must be read again (webhook secrets, repository tokens): AES-256-GCM under a key derived from
 * CITY_SECRET and `purpose`, so that a value sealed for one purpose cannot be opened for another.
 */
export function sealText(masterKey: string, purpose: string, text: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", deriveKey(masterKey, purpose), nonce);
  const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString("base64");
}

/** Opens what `sealText` made; throws when the key, the purpose or the text was changed. */
export function openText(masterKey: string, purpose: string, sealed: string): string {
  const bytes = Buffer.from(sealed, "base64");
  const decipher = createDecipheriv("aes-256-gcm", deriveKey(masterKey, purpose), bytes.subarray(0, 12));
  decipher.setAuthTag(bytes.subarray(12, 28));
  return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString("utf8");
}

function deriveKey(masterKey: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync("sha256", masterKey, "ai-city", purpose, 32));
}
