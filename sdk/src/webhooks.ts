import { WebhookVerificationError } from "./errors.ts";
import { webCrypto } from "./platform.ts";
import type { WebhookEvent } from "./types/webhooks.ts";

export type WebhookHeaders = Headers | Record<string, string | string[] | undefined>;

export type VerifyOptions = {
  /** Seconds the timestamp may differ from now, either way. Default 300. */
  tolerance?: number;
  /** Milliseconds since 1970; for tests. */
  now?: () => number;
};

/**
 * Checks a webhook of the city (Standard Webhooks, `v1`) and returns its event.
 * Pass the body exactly as it arrived: parsing and printing it again changes bytes and breaks the signature.
 * While a secret is being rotated the city signs with both, so either one passes. Works wherever WebCrypto does.
 * @param secret `whsec_…`, or several
 * @throws WebhookVerificationError when it must not be trusted
 * @throws TypeError when there is no secret to check it with
 */
export async function verifyWebhook(
  rawBody: string | Uint8Array | ArrayBuffer,
  headers: WebhookHeaders,
  secret: string | readonly string[],
  options: VerifyOptions = {},
): Promise<WebhookEvent> {
  // Types do not keep out a variable that is not set.
  const secrets = [secret].flat().filter(Boolean);
  if (secrets.length === 0) throw new TypeError("verifyWebhook was given no secret (whsec_…).");
  const id = header(headers, "webhook-id");
  const timestamp = header(headers, "webhook-timestamp");
  const signatures = header(headers, "webhook-signature").split(" ");
  if (!/^\d{1,12}$/.test(timestamp)) refuse("The webhook-timestamp is not a time in seconds.");
  const age = Math.floor((options.now ?? Date.now)() / 1000) - Number(timestamp);
  const tolerance = options.tolerance ?? 300;
  if (age > tolerance) refuse("The webhook is too old.");
  if (age < -tolerance) refuse("The webhook is dated in the future.");

  const body = typeof rawBody === "string" ? new TextEncoder().encode(rawBody) : new Uint8Array(rawBody);
  const signed = concat(new TextEncoder().encode(`${id}.${timestamp}.`), body);
  const { subtle } = await webCrypto();
  for (const one of secrets) {
    const bytes = fromBase64(one.replace(/^whsec_/, ""));
    if (!bytes || bytes.length === 0) throw new TypeError("The webhook secret is not whsec_ followed by base64.");
    const key = await subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
    for (const signature of signatures) {
      const given = signature.startsWith("v1,") ? fromBase64(signature.slice(3)) : undefined;
      // `verify` compares in constant time.
      if (given && (await subtle.verify("HMAC", key, given, signed))) return parse(body);
    }
  }
  return refuse("No signature fits.");
}

function header(headers: WebhookHeaders, name: string): string {
  let value: string | string[] | null | undefined;
  if (typeof (headers as Headers).get === "function") value = (headers as Headers).get(name);
  else value = Object.entries(headers as object).find(([key]) => key.toLowerCase() === name)?.[1];
  const text = Array.isArray(value) ? value.join(" ") : value;
  return text || refuse(`The header ${name} is missing.`);
}

function parse(body: Uint8Array): WebhookEvent {
  try {
    return JSON.parse(new TextDecoder().decode(body)) as WebhookEvent;
  } catch (cause) {
    throw new WebhookVerificationError("The webhook's body is no JSON.", { status: 0, code: "WEBHOOK_INVALID", cause });
  }
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  } catch {
    return undefined;
  }
}

function concat(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(first.length + second.length);
  joined.set(first);
  joined.set(second, first.length);
  return joined;
}

function refuse(message: string): never {
  throw new WebhookVerificationError(message, { status: 0, code: "WEBHOOK_INVALID" });
}
