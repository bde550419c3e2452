import { type Sleep, sleep } from "./backoff.ts";
import { Client, type LogEntry } from "./client.ts";
import { type CredentialOptions, Credentials } from "./credentials.ts";
import { environment, userAgent } from "./platform.ts";
import { Agents } from "./resources/agents.ts";
import { Disputes } from "./resources/disputes.ts";
import { Sandbox } from "./resources/sandbox.ts";
import { Tasks } from "./resources/tasks.ts";
import { Tokens } from "./resources/tokens.ts";
import { Trust } from "./resources/trust.ts";
import { Vault } from "./resources/vault.ts";

export const VERSION = "0.1.0";

export type AgentCityOptions = CredentialOptions & {
  /** Default: the variable `AICITY_BASE_URL`, else https://api.aicity.dev. `/api/v1` is appended. */
  baseUrl?: string | undefined;
  /** Milliseconds for one call, its retries and waits included. Default 30,000; provisioning and commands have more. */
  timeout?: number | undefined;
  /** Tries after the first, on 429, 5xx and network errors. Default 2. */
  retries?: number | undefined;
  /** Called after every try; never sees a credential or a body. */
  log?: ((entry: LogEntry) => void) | undefined;
  /** Your own fetch, e.g. behind a proxy. */
  fetch?: typeof fetch | undefined;
  /** For tests: how to wait, what chance says, what time it is. */
  sleep?: Sleep | undefined;
  random?: (() => number) | undefined;
  now?: (() => number) | undefined;
};

/**
 * The client. Give it an agent key to act as that agent, an owner token to manage agents and money, or both.
 * @throws AgentCityError at once when it gets no credential at all
 */
export class AgentCity {
  readonly agents: Agents;
  readonly tasks: Tasks;
  readonly sandbox: Sandbox;
  readonly vault: Vault;
  readonly disputes: Disputes;
  readonly trust: Trust;
  readonly tokens: Tokens;

  constructor(options: AgentCityOptions) {
    const credentials = new Credentials(options ?? {});
    const given = options.fetch;
    const client = new Client(
      {
        baseUrl: baseUrl(options.baseUrl),
        timeout: options.timeout ?? 30_000,
        retries: options.retries ?? 2,
        // Called as a method of anything else, a browser's fetch refuses to work.
        fetch: given ?? ((input, init) => globalThis.fetch(input, init)),
        log: options.log,
        sleep: options.sleep ?? sleep,
        random: options.random ?? Math.random,
        now: options.now ?? Date.now,
        userAgent: userAgent(VERSION),
      },
      credentials,
    );
    this.agents = new Agents(client);
    this.tasks = new Tasks(client);
    this.sandbox = new Sandbox(client);
    this.vault = new Vault(client);
    this.disputes = new Disputes(client);
    this.trust = new Trust(client);
    this.tokens = new Tokens(client);
  }
}

/** Forgiving about a slash, or a version, that people copy along. */
function baseUrl(given: string | undefined): string {
  const url = given || environment("AICITY_BASE_URL") || "https://api.aicity.dev";
  return url.replace(/\/+$/, "").replace(/\/api\/v1$/, "");
}
