/** Picks the sandbox of this machine, once, at the start. */
import { StartProblem } from "../../kernel/start-problem.ts";
import type { RepoFetcher } from "../repo-fetch.ts";
import type { SandboxName, SandboxProvider } from "../sandbox.ts";
import { startBubblewrap } from "./bubblewrap/start.ts";
import { type E2bStart, startE2b } from "./e2b/start.ts";
import { VirtualProvider } from "./virtual/provider.ts";

export type SandboxStart = {
  readonly dataDir: string;
  readonly repos: RepoFetcher;
  /** Sandboxes at a time on this machine, or machines of E2B's; without it as many as are asked for. */
  readonly maxSandboxes?: number;
  /** Takes this one or fails; without it, bubblewrap where it holds its trial, else the virtual shell. */
  readonly only?: SandboxName;
  /** The account, where E2B is to be used. */
  readonly e2b?: Omit<E2bStart, "repos" | "maxSandboxes">;
};

/**
 * @returns the provider, and why it is not bubblewrap when it is not (for `/ready` and the log).
 * @throws StartProblem when the one that was asked for is not to be had; the bare host is never a choice.
 */
export async function startSandbox(
  options: SandboxStart,
): Promise<{ provider: SandboxProvider; reason: string | null }> {
  if (options.only === "e2b") {
    if (options.e2b === undefined) throw new StartProblem("E2B cannot be used: E2B_API_KEY is not set.");
    const { e2b, repos, maxSandboxes } = options;
    return { provider: await startE2b({ ...e2b, repos, maxSandboxes }), reason: null };
  }
  if (options.only === "virtual") return { provider: new VirtualProvider(options), reason: "chosen by configuration" };
  const sealed = await startBubblewrap(options);
  if (!("missing" in sealed)) return { provider: sealed, reason: null };
  if (options.only === "bubblewrap") throw new StartProblem(`bubblewrap cannot be used: ${sealed.missing}`);
  return { provider: new VirtualProvider(options), reason: sealed.missing };
}
