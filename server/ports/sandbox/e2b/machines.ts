/** E2B's machines that belong to this city, found by what is written on them. */
import { E2B, type Sandbox as Machine, type SandboxInfo } from "e2b";
import { machineFailed } from "./remote-seal.ts";

export type E2bAccount = {
  readonly apiKey: string;
  /** Template that machines are made from; it must have bash, git, util-linux and coreutils. */
  readonly template: string;
  /** Where E2B is, for those who run their own; E2B's own cloud when absent. */
  readonly domain?: string;
  readonly apiUrl?: string;
  readonly sandboxUrl?: string;
};

const CITY = "aiCity";
const SANDBOX = "aiCitySandbox";

export class Machines {
  private readonly client: E2B;
  private readonly template: string;
  private readonly city: string;
  readonly lifetimeMs: number;

  /**
   * @param city what all servers of one city share and no other city has.
   * @param lifetimeMs after which E2B ends a machine, whatever we do: none outlives a crash of every server for longer.
   */
  constructor(account: E2bAccount, city: string, lifetimeMs: number) {
    const { template, ...connection } = account;
    // Without these two the package would take both from the environment, where a debug switch turns the seal off.
    this.client = new E2B({
      ...connection,
      debug: false,
      apiUrl: account.apiUrl ?? `https://api.${account.domain ?? "e2b.app"}`,
    });
    this.template = template;
    this.city = city;
    this.lifetimeMs = lifetimeMs;
  }

  /** Starts a machine without internet for the sandbox with this id. */
  async start(id: string, lifetimeMs = this.lifetimeMs): Promise<Machine> {
    return this.asked(() =>
      this.client.Sandbox.create(this.template, {
        metadata: { [CITY]: this.city, [SANDBOX]: id },
        allowInternetAccess: false,
        network: { allowPublicTraffic: false },
        timeoutMs: lifetimeMs,
        lifecycle: { onTimeout: "kill" },
      }),
    );
  }

  /** Connects to a machine that runs, without giving it more time than it had. */
  async connect({ sandboxId, endAt }: SandboxInfo): Promise<Machine> {
    const timeoutMs = Math.max(1000, endAt.getTime() - Date.now());
    return this.asked(() => this.client.Sandbox.connect(sandboxId, { timeoutMs }));
  }

  /** The machines of one sandbox, or of all of this city, oldest first. */
  async list(id?: string): Promise<SandboxInfo[]> {
    const metadata = { [CITY]: this.city, ...(id !== undefined && { [SANDBOX]: id }) };
    const found: SandboxInfo[] = [];
    const pages = this.client.Sandbox.list({ query: { metadata, state: ["running"] } });
    while (pages.hasNext) found.push(...(await this.asked(() => pages.nextItems())));
    // Asked again of each: a server that does not know the filter would hand out other people's machines.
    const ours = found.filter(
      (info) => info.metadata[CITY] === this.city && (id ?? info.metadata[SANDBOX]) === info.metadata[SANDBOX],
    );
    return ours.sort((a, b) => a.startedAt.getTime() - b.startedAt.getTime() || (a.sandboxId < b.sandboxId ? -1 : 1));
  }

  /** No error for one that is gone. */
  async kill(sandboxId: string): Promise<void> {
    await this.asked(() => this.client.Sandbox.kill(sandboxId));
  }

  private async asked<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      throw machineFailed(error);
    }
  }
}

/** The id that our side knows a machine's sandbox by. */
export function sandboxIdOf(info: SandboxInfo): string {
  return info.metadata[SANDBOX] ?? "";
}
