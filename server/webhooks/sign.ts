import { createHmac, randomBytes } from "node:crypto";
import type { Ctx } from "../context.ts";
import { openText, sealText } from "../kernel/secrets.ts";

/** What the secret is sealed for. */
const PURPOSE = "webhook-secret";
const PREFIX = "whsec_";
/** How much of a secret is shown later on. */
const SHOWN = 12;

/** A new signing secret as Standard Webhooks defines it: `whsec_` and 32 random bytes in base64. */
export function makeWebhookSecret(ctx: Ctx): { secret: string; sealed: string; prefix: string } {
  const secret = PREFIX + randomBytes(32).toString("base64");
  return { secret, sealed: sealText(ctx.masterKey, PURPOSE, secret), prefix: secret.slice(0, SHOWN) };
}

export type Signing = { secret: string; previousSecret: string | null };

/**
 * The three headers of Standard Webhooks. While a secret is being replaced both sign, so that a receiver may hold either.
 * The timestamp is the real time, whatever the city's test clock says: receivers compare it with their own clock.
 */
export function signedHeaders(ctx: Ctx, sealed: Signing, id: string, body: string): Record<string, string> {
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const signatures = [sealed.secret, sealed.previousSecret].flatMap((text) =>
    text === null ? [] : [`v1,${sign(openText(ctx.masterKey, PURPOSE, text), `${id}.${timestamp}.${body}`)}`],
  );
  return {
    "content-type": "application/json",
    "user-agent": "AI-City-Webhooks/1",
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": signatures.join(" "),
  };
}

function sign(secret: string, content: string): string {
  const key = Buffer.from(secret.slice(PREFIX.length), "base64");
  return createHmac("sha256", key).update(content).digest("base64");
}
