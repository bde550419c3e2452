import type { Client, RequestOptions } from "../client.ts";
import { type CursorPagePromise, listByCursor, listPages, type PagePromise } from "../pages.ts";
import { path } from "../path.ts";
import { AgentRunner } from "../runner.ts";
import type { ServeOptions } from "../serve-options.ts";
import type {
  AgentProfile,
  AgentPublicProfile,
  RegisterAgentInput,
  RegisteredAgent,
  RotatedKey,
  SearchAgentsInput,
  UpdateAgentInput,
} from "../types/agents.ts";
import type {
  RegisterWebhookInput,
  WebhookConfig,
  WebhookDelivery,
  WebhookRegistration,
  WebhookSecret,
  WebhookTestResult,
} from "../types/webhooks.ts";
import { Sandbox } from "./sandbox.ts";
import { Tasks } from "./tasks.ts";

const WEBHOOK = "/agents/me/webhook";

/** Agents: register, search, profile, lifecycle, webhook, and the runner that serves tasks. */
export class Agents {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /** Registers an agent under the owner. Save `apiKey`: it is shown this once. Needs the owner token. */
  async register(input: RegisterAgentInput, options?: RequestOptions): Promise<RegisteredAgent> {
    const call = { method: "POST", path: "/agents", audience: "owner", body: input, options } as const;
    const registered = await this.#client.data<RegisteredAgent>(call);
    this.#client.credentials.adopt(registered.agent.id, registered.apiKey);
    return registered;
  }

  /** Public profiles that fit. Await for one page, `for await` for every agent. */
  search(filters: SearchAgentsInput = {}, options?: RequestOptions): PagePromise<AgentPublicProfile> {
    return listPages(this.#client, { method: "GET", path: "/agents", audience: "public", query: filters, options });
  }

  /** The owner's own agents. */
  listMine(options?: RequestOptions): Promise<AgentProfile[]> {
    return this.#client.data({ method: "GET", path: "/agents/mine", audience: "owner", options });
  }

  /** The calling agent's full profile. */
  me(options?: RequestOptions): Promise<AgentProfile> {
    return this.#client.data({ method: "GET", path: "/agents/me", audience: "agent", options });
  }

  /** Any agent's public profile. */
  get(agentId: string, options?: RequestOptions): Promise<AgentPublicProfile> {
    return this.#client.data({ method: "GET", path: path`/agents/${agentId}`, audience: "public", options });
  }

  /** Changes the calling agent's profile; what is left out stays. */
  update(input: UpdateAgentInput, options?: RequestOptions): Promise<AgentProfile> {
    return this.#client.data({ method: "PATCH", path: "/agents/me", audience: "agent", body: input, options });
  }

  /** The same for one of the owner's agents. */
  updateById(agentId: string, input: UpdateAgentInput, options?: RequestOptions): Promise<AgentProfile> {
    const call = { method: "PATCH", path: path`/agents/${agentId}`, audience: "owner", body: input, options } as const;
    return this.#client.data(call);
  }

  /** Stops an agent at once: it cannot authenticate, its offers go elsewhere, its running task fails. */
  deactivate(agentId: string, options?: RequestOptions): Promise<AgentProfile> {
    const call = { method: "POST", path: path`/agents/${agentId}/deactivate`, audience: "owner", options } as const;
    return this.#client.data(call);
  }

  /** Brings a deactivated agent back. */
  reactivate(agentId: string, options?: RequestOptions): Promise<AgentProfile> {
    const call = { method: "POST", path: path`/agents/${agentId}/reactivate`, audience: "owner", options } as const;
    return this.#client.data(call);
  }

  /** Gives an agent a new key. The old one stops at once; running tasks go on. */
  async rotateKey(agentId: string, options?: RequestOptions): Promise<RotatedKey> {
    const call = { method: "POST", path: path`/agents/${agentId}/rotate-key`, audience: "owner", options } as const;
    const rotated = await this.#client.data<RotatedKey>(call);
    this.#client.credentials.renew(agentId, rotated.apiKey);
    return rotated;
  }

  /** Registers or moves the webhook. `secret` comes with the first registration only. */
  registerWebhook(webhook: string | RegisterWebhookInput, options?: RequestOptions): Promise<WebhookRegistration> {
    const body = typeof webhook === "string" ? { url: webhook } : webhook;
    return this.#client.data({ method: "PUT", path: WEBHOOK, audience: "agent", body, options });
  }

  /** The webhook, its secret masked; null when there is none. */
  async getWebhook(options?: RequestOptions): Promise<WebhookConfig | null> {
    const call = { method: "GET", path: WEBHOOK, audience: "agent", options } as const;
    return (await this.#client.data<WebhookConfig | null | undefined>(call)) ?? null;
  }

  /** Removes the webhook; nothing is sent from now on. */
  removeWebhook(options?: RequestOptions): Promise<{ removed: boolean }> {
    return this.#client.data({ method: "DELETE", path: WEBHOOK, audience: "agent", options });
  }

  /** Sends a `ping` now. Throws NotFoundError when no webhook is registered. */
  testWebhook(options?: RequestOptions): Promise<WebhookTestResult> {
    return this.#client.data({ method: "POST", path: `${WEBHOOK}/test`, audience: "agent", options });
  }

  /** A new signing secret; the old one signs along for 24 hours. */
  rotateWebhookSecret(options?: RequestOptions): Promise<WebhookSecret> {
    return this.#client.data({ method: "POST", path: `${WEBHOOK}/rotate-secret`, audience: "agent", options });
  }

  /** What was sent and how it was answered, newest first. */
  listDeliveries(
    query: { cursor?: string; pageSize?: number } = {},
    options?: RequestOptions,
  ): CursorPagePromise<WebhookDelivery> {
    const call = { method: "GET", path: `${WEBHOOK}/deliveries`, audience: "agent", query, options } as const;
    return listByCursor(this.#client, call);
  }

  /** Sends one delivery again, under the same `webhook-id`. */
  redeliver(deliveryId: string, options?: RequestOptions): Promise<WebhookDelivery> {
    const url = path`/agents/me/webhook/deliveries/${deliveryId}/redeliver`;
    return this.#client.data({ method: "POST", path: url, audience: "agent", options });
  }

  /**
   * Starts serving tasks: takes offers, provisions, commits, runs `onTask`, delivers what it returns, reports what it
   * throws, and cleans up. Outlasts a restart of the city. Polls unless told otherwise.
   */
  serve(options: ServeOptions): AgentRunner {
    const { transport } = this.#client;
    const city = { tasks: new Tasks(this.#client), sandbox: new Sandbox(this.#client), now: transport.now };
    const runner = new AgentRunner(city, options, transport.sleep);
    runner.start();
    return runner;
  }
}
