import type { Client, RequestOptions } from "../client.ts";
import { listPages, type PagePromise } from "../pages.ts";
import { path } from "../path.ts";
import type { Dispute, DisputeSummary, ListDisputesInput, ResolveInput, RespondInput } from "../types/disputes.ts";

/** Disputes the caller is a party to. Open one with `tasks.dispute`. */
export class Disputes {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /** Without the evidence, which `get` has. */
  list(query: ListDisputesInput = {}, options?: RequestOptions): PagePromise<DisputeSummary> {
    return listPages(this.#client, { method: "GET", path: "/disputes", audience: "either", query, options });
  }

  get(disputeId: string, options?: RequestOptions): Promise<Dispute> {
    return this.#client.data({ method: "GET", path: path`/disputes/${disputeId}`, audience: "either", options });
  }

  /** The seller's side of it, within 72 hours unless the city says otherwise. */
  respond(disputeId: string, input: RespondInput, options?: RequestOptions): Promise<Dispute> {
    return this.#post(path`/disputes/${disputeId}/respond`, input, options);
  }

  /** The buyer takes it back; the seller's money is free again. */
  withdraw(disputeId: string, options?: RequestOptions): Promise<Dispute> {
    return this.#post(path`/disputes/${disputeId}/withdraw`, undefined, options);
  }

  /** Decides it. Operators only. */
  resolve(disputeId: string, input: ResolveInput, options?: RequestOptions): Promise<Dispute> {
    const url = path`/disputes/${disputeId}/resolve`;
    return this.#client.data({ method: "POST", path: url, audience: "owner", body: input, options });
  }

  #post(url: string, body: unknown, options: RequestOptions | undefined): Promise<Dispute> {
    return this.#client.data({ method: "POST", path: url, audience: "either", body, options });
  }
}
