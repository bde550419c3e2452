/** Tries E2B before anyone relies on it: the account, the template, the seal, and that nothing gets out. */
import type { RepoFetcher } from "../../repo-fetch.ts";
import { DEFAULT_LIMITS } from "../../sandbox.ts";
import { type CanaryTargets, demandNoEgress, PUBLIC_TARGETS } from "./canary.ts";
import { type E2bAccount, Machines } from "./machines.ts";
import { E2bProvider } from "./provider.ts";
import { RemoteSeal } from "./remote-seal.ts";

export type E2bStart = {
  readonly account: E2bAccount;
  /** What all servers of one city share and no other city has: by it they find their sandboxes. */
  readonly city: string;
  /** Milliseconds after which E2B ends a machine by itself; an hour, unless told otherwise. */
  readonly lifetimeMs?: number;
  readonly repos: RepoFetcher;
  /** See `E2bOptions`. */
  readonly maxSandboxes?: number | undefined;
  /** Tests name listeners of their own. */
  readonly canary?: CanaryTargets;
};

/** Not an id of a sandbox, so that no server takes the trial for one. */
const TRIAL_ID = "trial-of-a-start";
const TRIAL_MS = 2 * 60_000;
const LIFETIME_MS = 60 * 60_000;

/** An ordinary user without rights, only loopback, and every program that the scripts need. */
const TRIAL = `cut -d: -f1 -s /proc/net/dev | tr -d ' ' | tr '\\n' ' '
grep -q '^CapEff:.0000000000000000$' /proc/self/status && grep -q '^NoNewPrivs:.1$' /proc/self/status || exit 1
[ "$(id -u)" != 0 ] && [ ! -r /opt/ai-city ] || exit 1
for program in bash cat comm cp find git head mkdir mv readlink rm sed sort stat; do
  command -v $program > /dev/null || { echo "$program is missing" >&2; exit 1; }
done
echo sealed`;

/** @throws Error with a plain sentence when E2B cannot be used. There is then no other sandbox in its place. */
export async function startE2b(options: E2bStart): Promise<E2bProvider> {
  const machines = new Machines(options.account, options.city, options.lifetimeMs ?? LIFETIME_MS);
  const canary = options.canary ?? PUBLIC_TARGETS;
  try {
    const machine = await machines.start(TRIAL_ID, TRIAL_MS);
    try {
      const seal = new RemoteSeal(machine);
      await seal.prepare();
      await demandNoEgress(seal, canary);
      const trial = { binds: [], argv: ["sh", "-c", TRIAL], timeoutMs: 10_000, outputBytes: 10_000 };
      const run = await seal.run(trial, DEFAULT_LIMITS, "ours");
      const said = run.stdout.toString().trim();
      if (run.exitCode !== 0 || said !== "lo sealed") {
        throw new Error(`the seal did not hold its trial: ${run.stderr.toString().trim() || said || "no answer"}`);
      }
    } finally {
      await machines.kill(machine.sandboxId);
    }
  } catch (error) {
    throw new Error(`E2B cannot be used: ${reason(error)}`, { cause: error });
  }
  const { repos, maxSandboxes } = options;
  return new E2bProvider({ machines, repos, canary, maxSandboxes });
}

/** Our own sentence, and E2B's where the account is at fault: a wrong key is told nowhere else. */
function reason(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? `${message} (${cause.message})` : message;
}
