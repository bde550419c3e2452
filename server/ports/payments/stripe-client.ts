import Stripe from "stripe";

export type StripeClientOptions = {
  secretKey: string;
  /** Where the API is, for the stand-in: `http://127.0.0.1:4242`. Without it: Stripe itself. */
  apiUrl?: string;
  /** Milliseconds one attempt may take. */
  timeoutMs?: number;
  /** Attempts after the first. Safe, because every writing call carries our key. */
  retries?: number;
};

/**
 * The `stripe` package, set up once. 20 s an attempt (its own 80 s would hold a request far too long) and two more
 * attempts on connection errors, 409, 429-with-hint and 5xx, all under the same key. No telemetry.
 */
export function createStripeClient(options: StripeClientOptions): Stripe {
  const api = options.apiUrl === undefined ? undefined : new URL(options.apiUrl);
  return new Stripe(options.secretKey, {
    timeout: options.timeoutMs ?? 20_000,
    maxNetworkRetries: options.retries ?? 2,
    telemetry: false,
    appInfo: { name: "ai-city" },
    ...(api && {
      host: api.hostname,
      port: api.port || (api.protocol === "https:" ? "443" : "80"),
      protocol: api.protocol === "https:" ? "https" : "http",
    }),
  });
}
