/** Prepares the seal and tries it before anyone relies on it. */
import { existsSync } from "node:fs";
import { cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { RepoFetcher } from "../../repo-fetch.ts";
import { DEFAULT_LIMITS } from "../../sandbox.ts";
import { allDefences, type Defences } from "./defences.ts";
import { inspectMachine } from "./machine.ts";
import { BubblewrapProvider } from "./provider.ts";
import { Seal } from "./seal.ts";
import { SECCOMP_RULES, seccompProgram } from "./seccomp.ts";

export type StartOptions = {
  /** Data folder of this installation. */
  readonly dataDir: string;
  readonly repos: RepoFetcher;
  /** Only the security tests pass this. */
  readonly defences?: Defences;
};

/**
 * @returns a provider whose seal has been tried, or a plain sentence on why there is none. The caller then takes
 * another adapter; the bare host is never one.
 */
export async function startBubblewrap(options: StartOptions): Promise<BubblewrapProvider | { missing: string }> {
  const built = await buildBubblewrap(options);
  if ("missing" in built) return built;
  const { machine, seal, provider } = built;
  const trial = await seal.run(
    { uid: machine.root ? TRIAL_UID : null, groupFolders: [], limits: DEFAULT_LIMITS },
    { binds: [], argv: ["sh", "-c", TRIAL], timeoutMs: 10_000, outputBytes: 10_000 },
  );
  const said = trial.stdout.toString().trim();
  if (trial.exitCode === 0 && said === "lo sealed") return provider;
  return { missing: `the seal did not hold its trial: ${trial.stderr.toString().trim() || said || "no answer"}` };
}

/** The parts, not yet tried: the security tests also build them with a defence taken away. */
export async function buildBubblewrap(options: StartOptions) {
  const machine = inspectMachine(options.dataDir);
  if ("missing" in machine) return machine;
  const defences = options.defences ?? allDefences();
  // Not inside the provider's home: what lies there is taken for sandboxes.
  const folder = machine.root ? `${machine.home}-system` : join(options.dataDir, "sandbox-system");
  const files = { filter: await writeFilter(folder, defences), etc: await writeEtc(folder) };
  const seal = new Seal(machine, files, defences);
  return { machine, seal, folder, provider: new BubblewrapProvider({ machine, seal, repos: options.repos, defences }) };
}

const TRIAL_UID = 19_999;

/** Only loopback, and every program that the file scripts need. */
const TRIAL = `ls /sys/class/net 2>/dev/null || cut -d: -f1 -s /proc/net/dev | tr -d ' ' | tr '\\n' ' '
for program in bash cat comm cp find git head mkdir mv readlink rm sed sort stat; do
  command -v $program > /dev/null || { echo "$program is missing" >&2; exit 1; }
done
echo sealed`;

async function writeFilter(folder: string, defences: Defences): Promise<string | null> {
  const without = new Set(SECCOMP_RULES.filter((rule) => !defences.has(`seccomp ${rule}`)));
  if (!defences.has("seccomp filter")) return null;
  await mkdir(folder, { recursive: true, mode: 0o711 });
  const name = without.size === 0 ? "filter.bpf" : `filter-without-${[...without].join("-").slice(0, 80)}.bpf`;
  await writeFile(join(folder, name), seccompProgram(process.arch, without), { mode: 0o644 });
  return join(folder, name);
}

/** The least that programs want to find in /etc: who they are, where libraries lie, and no name servers. */
async function writeEtc(folder: string): Promise<string> {
  const etc = join(folder, "etc");
  await mkdir(etc, { recursive: true, mode: 0o755 });
  const files: Readonly<Record<string, string>> = {
    passwd: "root:x:0:0:root:/:/bin/false\nuser:x:1000:1000:user:/home/user:/bin/bash\n",
    group: "root:x:0:\nuser:x:1000:\n",
    hosts: "127.0.0.1 localhost sandbox\n::1 localhost\n",
    "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
    gitconfig: "[user]\n\tname = agent\n\temail = agent@sandbox.invalid\n[safe]\n\tdirectory = *\n[gc]\n\tauto = 0\n",
    "resolv.conf": "",
  };
  for (const [name, content] of Object.entries(files)) await writeFile(join(etc, name), content, { mode: 0o644 });
  for (const name of ["ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives"]) {
    const from = join("/etc", name);
    if (existsSync(from)) await cp(from, join(etc, name), { recursive: true, verbatimSymlinks: true });
  }
  return etc;
}
