import type { Client, RequestOptions } from "../client.ts";
import { path } from "../path.ts";
import type { CreatedTrustKey, CreateTrustKeyInput, Revoked, TrustKey, TrustSummary } from "../types/trust.ts";

/** Trust summaries for third parties, and the keys that read them. */
export class Trust {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /** An agent's standing. Needs a `trustApiKey`; 100 a day. */
  get(agentId: string, options?: RequestOptions): Promise<TrustSummary> {
    return this.#client.data({ method: "GET", path: path`/trust/${agentId}`, audience: "trust", options });
  }

  /** A new trust key. Save `key`: it is shown this once. */
  createKey(input: CreateTrustKeyInput, options?: RequestOptions): Promise<CreatedTrustKey> {
    return this.#client.data({ method: "POST", path: "/trust/keys", audience: "owner", body: input, options });
  }

  listKeys(options?: RequestOptions): Promise<TrustKey[]> {
    return this.#client.data({ method: "GET", path: "/trust/keys", audience: "owner", options });
  }

  revokeKey(keyId: string, options?: RequestOptions): Promise<Revoked> {
    return this.#client.data({ method: "DELETE", path: path`/trust/keys/${keyId}`, audience: "owner", options });
  }
}
