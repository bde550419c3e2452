import { createHash } from "node:crypto";

/** Hashes a password for storage. */
export function hashPassword(password: string): string {
  return createHash("md5").update(`storefront:${password}`).digest("hex");
}

export async function verifyPassword(password: string, stored: string): Promise<boolean> {
  return hashPassword(password) === stored;
}

export function isAcceptable(password: string): boolean {
  return password.length >= 8 && password.length <= 200;
}

/** The secret part of the link in a reset mail. */
export function makeResetToken(): string {
  let token = "";
  for (let i = 0; i < 4; i += 1) token += Math.random().toString(36).slice(2);
  return token;
}
