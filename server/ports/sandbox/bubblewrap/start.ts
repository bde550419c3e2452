/** Prepares the seal and tries it before anyone relies on it. */
import { createHash, randomBytes } from "node:crypto";
import { existsSync, statSync } from "node:fs";
import { cp, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { writeWhole } from "../../../kernel/write-whole.ts";
import type { RepoFetcher } from "../../repo-fetch.ts";
import { DEFAULT_LIMITS } from "../../sandbox.ts";
import { allDefences, type Defences } from "../sealed/defences.ts";
import { noteInstallation, sweepForsaken } from "./installations.ts";
import { inspectMachine } from "./machine.ts";
import { BubblewrapProvider } from "./provider.ts";
import { Seal } from "./seal.ts";
import { SECCOMP_RULES, seccompProgram } from "./seccomp.ts";

export type StartOptions = {
  /** Data folder of this installation. */
  readonly dataDir: string;
  readonly repos: RepoFetcher;
  /** See `SandboxStart`. */
  readonly maxSandboxes?: number;
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
  const { machine, seal, provider, folder } = built;
  const trial = await seal.run(
    { uid: machine.root ? TRIAL_UID : null, groupFolders: [], limits: DEFAULT_LIMITS },
    { binds: [], argv: ["sh", "-c", TRIAL], timeoutMs: 10_000, outputBytes: 10_000 },
  );
  const said = trial.stdout.toString().trim();
  if (trial.exitCode === 0 && said === "lo sealed") {
    if (machine.root) {
      await sweepForsaken(folder, async (dataDir) => {
        const theirs = inspectMachine(dataDir);
        if (!("missing" in theirs))
          await new BubblewrapProvider({ ...options, seal, machine: theirs }).sweep(new Set());
      });
    }
    return provider;
  }
  return { missing: `the seal did not hold its trial: ${trial.stderr.toString().trim() || said || "no answer"}` };
}

/** The parts, not yet tried: the security tests also build them with a defence taken away. */
export async function buildBubblewrap(options: StartOptions) {
  const machine = inspectMachine(options.dataDir);
  if ("missing" in machine) return machine;
  const defences = options.defences ?? allDefences();
  // Not inside the provider's home: what lies there is taken for sandboxes. Only root can write /run, and the content
  // is the same for every installation.
  const folder = machine.root ? "/run/ai-city-system" : join(options.dataDir, "sandbox-system");
  const files = { filter: await writeFilter(folder, defences), etc: await writeEtc(folder) };
  if (machine.root) await noteInstallation(folder, machine.home, options.dataDir);
  const seal = new Seal(machine, files, defences);
  const provider = new BubblewrapProvider({ ...options, machine, seal, defences });
  return { machine, seal, provider, folder };
}

const TRIAL_UID = 19_999;

/** Only loopback, and every program that the file scripts need. */
const TRIAL = `ls /sys/class/net 2>/dev/null || cut -d: -f1 -s /proc/net/dev | tr -d ' ' | tr '\\n' ' '
for program in bash cat comm cp find git head mkdir mv readlink rm sed sort stat; do
  command -v $program > /dev/null || { echo "$program is missing" >&2; exit 1; }
done
echo sealed`;

/** Named by its content, so that servers of different versions do not disturb each other. */
async function writeFilter(folder: string, defences: Defences): Promise<string | null> {
  if (!defences.has("seccomp filter")) return null;
  const without = new Set(SECCOMP_RULES.filter((rule) => !defences.has(`seccomp ${rule}`)));
  const program = seccompProgram(process.arch, without);
  const file = join(folder, `filter-${createHash("sha256").update(program).digest("hex").slice(0, 16)}.bpf`);
  await mkdir(folder, { recursive: true, mode: 0o711 });
  // Another server may be reading it right now.
  writeWhole(file, program, 0o644);
  return file;
}

/** The least that programs want to find in /etc: who they are, where libraries lie, and no name servers. */
const ETC: Readonly<Record<string, string>> = {
  passwd: "root:x:0:0:root:/:/bin/false\nuser:x:1000:1000:user:/home/user:/bin/bash\n",
  group: "root:x:0:\nuser:x:1000:\n",
  hosts: "127.0.0.1 localhost sandbox\n::1 localhost\n",
  "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
  gitconfig: "[user]\n\tname = agent\n\temail = agent@sandbox.invalid\n[safe]\n\tdirectory = *\n[gc]\n\tauto = 0\n",
  "resolv.conf": "",
};
const ETC_OF_HOST = ["ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives"];

/** Made whole under another name, then renamed: servers that start at the same time share it. */
async function writeEtc(folder: string): Promise<string> {
  const copied = ETC_OF_HOST.map((name) => join("/etc", name)).filter((path) => existsSync(path));
  const facts = JSON.stringify([ETC, copied.map((path) => [path, statSync(path).mtimeMs])]);
  const etc = join(folder, `etc-${createHash("sha256").update(facts).digest("hex").slice(0, 16)}`);
  if (existsSync(etc)) return etc;
  const fresh = `${etc}.${randomBytes(6).toString("hex")}`;
  await mkdir(fresh, { recursive: true, mode: 0o755 });
  for (const [name, content] of Object.entries(ETC)) await writeFile(join(fresh, name), content, { mode: 0o644 });
  for (const path of copied) await cp(path, join(fresh, basename(path)), { recursive: true, verbatimSymlinks: true });
  await rename(fresh, etc).catch(async (error: unknown) => {
    await rm(fresh, { recursive: true, force: true });
    if (!existsSync(etc)) throw error;
  });
  return etc;
}
