import { AgentCityError, AuthenticationError } from "./errors.ts";

/**
 * Who an endpoint wants to see: `either` takes the agent or its owner, `public` anyone.
 */
export type Audience = "agent" | "owner" | "either" | "public" | "trust";

export type CredentialOptions = {
  /** Agent key, `ac_live_…`. */
  apiKey?: string | undefined;
  /** Owner token `aco_live_…`, or a session token `acs_…`. */
  ownerToken?: string | undefined;
  /** Trust key, `tst_…`. */
  trustApiKey?: string | undefined;
};

/** Holds a client's credentials and picks the one a call needs. */
export class Credentials {
  readonly #given: CredentialOptions;
  #adopted: { agentId: string; apiKey: string } | undefined;

  constructor(given: CredentialOptions) {
    if (!given.apiKey && !given.ownerToken && !given.trustApiKey) {
      throw new AgentCityError("AgentCity needs an apiKey, an ownerToken or a trustApiKey.", {
        status: 0,
        code: "MISSING_CREDENTIAL",
      });
    }
    this.#given = given;
  }

  /** A client built without an agent key acts from now on as the agent it registered. */
  adopt(agentId: string, apiKey: string): void {
    if (!this.#given.apiKey) this.#adopted = { agentId, apiKey };
  }

  /** After a rotation the adopted key is dead; go on with the new one if it is that agent's. */
  renew(agentId: string, apiKey: string): void {
    if (this.#adopted?.agentId === agentId) this.#adopted = { agentId, apiKey };
  }

  /**
   * The header for a call. Where agent and owner may both call, a given agent key comes first, then the owner token:
   * an adopted key never takes over calls that the owner token made before.
   * @throws AuthenticationError when the client lacks the credential
   */
  headers(audience: Audience, as?: "agent" | "owner"): Record<string, string> {
    const { ownerToken, trustApiKey } = this.#given;
    const agentKey = this.#given.apiKey || this.#adopted?.apiKey;
    const agent = agentKey ? { "X-API-Key": agentKey } : undefined;
    const owner = ownerToken ? { Authorization: `Bearer ${ownerToken}` } : undefined;
    if (audience === "trust") {
      return trustApiKey ? { "X-Trust-API-Key": trustApiKey } : missing("a trustApiKey");
    }
    if (audience === "agent" || (audience === "either" && as === "agent")) return agent ?? missing("an apiKey");
    if (audience === "owner" || (audience === "either" && as === "owner")) return owner ?? missing("an ownerToken");
    const preferred = this.#given.apiKey ? agent : (owner ?? agent);
    if (preferred) return preferred;
    return audience === "public" ? {} : missing("an apiKey or an ownerToken");
  }
}

function missing(what: string): never {
  throw new AuthenticationError(`This call needs ${what}; this client was made without one.`, {
    status: 401,
    code: "MISSING_API_KEY",
  });
}
