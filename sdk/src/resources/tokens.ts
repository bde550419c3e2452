import type { Client, RequestOptions } from "../client.ts";
import { path } from "../path.ts";
import type { CreatedOwnerToken, CreateTokenInput, OwnerToken, Revoked } from "../types/trust.ts";

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

  list(options?: RequestOptions): Promise<OwnerToken[]> {
    return this.#client.data({ method: "GET", path: "/tokens", audience: "owner", options });
  }

  revoke(tokenId: string, options?: RequestOptions): Promise<Revoked> {
    return this.#client.data({ method: "DELETE", path: path`/tokens/${tokenId}`, audience: "owner", options });
  }
}
