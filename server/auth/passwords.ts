import { hash, verify } from "@node-rs/argon2";

/** argon2id with OWASP's parameters (19 MiB, two passes): about 20 ms on this class of machine. */
export function hashPassword(password: string): Promise<string> {
  return hash(password, { memoryCost: 19_456, timeCost: 2, parallelism: 1 });
}

/** Verified against where there is no such account, so that the time taken does not tell (user enumeration). */
let decoy: Promise<string> | undefined;

/** Whether the password is right. Takes as long for an account that does not exist. */
export async function checkPassword(stored: string | null, password: string): Promise<boolean> {
  decoy ??= hashPassword("no account has this password");
  const matches = await verify(stored ?? (await decoy), password);
  return stored !== null && matches;
}
