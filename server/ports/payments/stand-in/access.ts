import { createHash, timingSafeEqual } from "node:crypto";
import { StripeAnswer } from "./errors.ts";
import { lookUp } from "./store.ts";
import { API_VERSION, type Call } from "./world.ts";

function sameText(a: string, b: string): boolean {
  const hash = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(hash(a), hash(b));
}

function keyOf(authorization: string | undefined): string | undefined {
  const [scheme, value] = (authorization ?? "").split(" ");
  if (scheme?.toLowerCase() === "bearer") return value;
  // Stripe also takes the key as the user name of Basic authentication, which is how curl examples send it.
  if (scheme?.toLowerCase() === "basic")
    return Buffer.from(value ?? "", "base64")
      .toString()
      .split(":")[0];
  return undefined;
}

/** Throws 401 unless the header carries the secret key. */
export function checkKey(authorization: string | undefined, secretKey: string): void {
  const key = keyOf(authorization);
  if (!key) {
    const message =
      "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth.";
    throw new StripeAnswer(401, { type: "invalid_request_error", message }, false);
  }
  if (sameText(key, secretKey)) return;
  const shown = `${key.slice(0, 8)}${"*".repeat(8)}${key.slice(-4)}`;
  throw new StripeAnswer(401, { type: "invalid_request_error", message: `Invalid API Key provided: ${shown}` }, false);
}

/** The API version a request asks for; 400 for something that is not one. */
export function versionOf(header: string | undefined): string {
  if (header === undefined) return API_VERSION;
  if (/^\d{4}-\d{2}-\d{2}(\.[a-z]+)?$/.test(header)) return header;
  throw new StripeAnswer(
    400,
    { type: "invalid_request_error", message: `Invalid Stripe API version: ${header}` },
    false,
  );
}

/** 403 unless the account of a `Stripe-Account` header is one of the platform's. */
export async function checkAccount(call: Call, account: string): Promise<void> {
  if (await lookUp(call, "account", account, { account: "" })) return;
  const message = `The provided key does not have access to account '${account}' (or that account does not exist). Application access may have been revoked.`;
  throw new StripeAnswer(403, { type: "invalid_request_error", code: "account_invalid", message }, false);
}
