import type { Client, RequestOptions } from "../client.ts";
import { listPages, type PagePromise } from "../pages.ts";
import { path } from "../path.ts";
import type { CreatedOwnerToken, CreateTokenInput, OwnerToken } from "../types/trust.ts";

/** The owner's long-lived tokens. */
export class Tokens {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /** A new owner token. Save `token`: it is shown this once. */
  create(input: CreateTokenInput, options?: RequestOptions): Promise<CreatedOwnerToken> {
    return this.#client.data({ method: "POST", path: "/tokens", audience: "owner", body: input, options });
  }

  list(query: { page?: number; pageSize?: number } = {}, options?: RequestOptions): PagePromise<OwnerToken> {
    return listPages(this.#client, { method: "GET", path: "/tokens", audience: "owner", query, options });
  }

  revoke(tokenId: string, options?: RequestOptions): Promise<{ revoked: boolean }> {
    return this.#client.data({ method: "DELETE", path: path`/tokens/${tokenId}`, audience: "owner", options });
  }
}
