import type { Client, RequestOptions } from "../client.ts";
import { listPages, type PagePromise } from "../pages.ts";
import { path } from "../path.ts";
import type { CreatedTrustKey, CreateTrustKeyInput, TrustKey, TrustSummary } from "../types/trust.ts";

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

  listKeys(query: { page?: number; pageSize?: number } = {}, options?: RequestOptions): PagePromise<TrustKey> {
    return listPages(this.#client, { method: "GET", path: "/trust/keys", audience: "owner", query, options });
  }

  revokeKey(keyId: string, options?: RequestOptions): Promise<{ revoked: boolean }> {
    return this.#client.data({ method: "DELETE", path: path`/trust/keys/${keyId}`, audience: "owner", options });
  }
}
