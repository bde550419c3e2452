import ipaddr from "ipaddr.js";
import { isPublicHost } from "../outgoing-http/address.ts";

/** The usual ports of https; others would make the city a port scanner. */
const PORTS = ["", "443", "8443"];

/** `loopback` is true only where the policy allows it. */
export type WebhookUrl = { readonly url: URL; readonly loopback: boolean };

/**
 * Judges a webhook's address by its text. What the name resolves to is checked at each attempt, on the connected socket.
 * @param local whether this city runs in local mode, where http and this machine itself are allowed.
 */
export function readWebhookUrl(text: string, local: boolean): WebhookUrl | { readonly refusal: string } {
  if (text.length > 2_048 || /[\p{Cc}\s\\]/u.test(text) || !URL.canParse(text)) {
    return { refusal: "Give a complete URL, such as https://example.org/webhooks." };
  }
  const url = new URL(text);
  if (url.protocol !== "https:" && url.protocol !== "http:") return { refusal: "Only https addresses are called." };
  if (url.username !== "" || url.password !== "" || text.split("/")[2]?.includes("@")) {
    return { refusal: "The address must not contain credentials." };
  }
  if (local && isLoopback(url.hostname)) return { url, loopback: true };
  if (url.protocol !== "https:") return { refusal: "Only https addresses are called." };
  if (!PORTS.includes(url.port)) return { refusal: "Only the ports 443 and 8443 are called." };
  if (!isPublicHost(url.hostname)) return { refusal: "The address must be a public one." };
  return { url, loopback: false };
}

function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  if (bare === "localhost" || bare.endsWith(".localhost")) return true;
  return ipaddr.isValid(bare) && ipaddr.process(bare).range() === "loopback";
}
