/** What this machine offers for sealing: programs, cgroups, privileges. Found once, at start. */
import { createHash } from "node:crypto";
import { existsSync, lstatSync, readlinkSync, realpathSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Cgroups, findCgroups } from "./cgroups.ts";
import { findNode } from "./find-node.ts";
import { findProgram, PROGRAM_FOLDERS } from "./find-program.ts";

export type Machine = {
  readonly bwrap: string;
  /** Starts every sealed program: unlike dash it can close any descriptor. */
  readonly bash: string;
  readonly git: string;
  /** Present when we are root: each sandbox then runs under a user id of its own. */
  readonly setpriv: string | null;
  readonly root: boolean;
  readonly cgroups: Cgroups | null;
  /** Runtime for JavaScript inside the seal. */
  readonly node: string | null;
  /** Arguments that lay out the read-only system. */
  readonly systemArgs: readonly string[];
  /** Arguments that hide programs whose only use is the network. */
  readonly maskArgs: readonly string[];
  /** Everything this provider makes lies under here. */
  readonly home: string;
};

const NETWORK_PROGRAMS = [
  ...["curl", "wget", "wget2", "nc", "ncat", "netcat", "nc.openbsd", "nc.traditional", "socat", "telnet", "busybox"],
  ...["ssh", "ftp", "lynx", "links", "w3m", "aria2c"],
];

/**
 * @param dataDir the data folder of this installation; two installations never share a sandbox.
 * @returns the machine's facts, or a plain sentence on what is missing.
 */
export function inspectMachine(dataDir: string): Machine | { readonly missing: string } {
  if (process.platform !== "linux") return { missing: "bubblewrap needs Linux." };
  const bwrap = findProgram("bwrap");
  if (bwrap === null) return { missing: "the program bwrap (package bubblewrap) is not installed." };
  const git = findProgram("git");
  if (git === null) return { missing: "the program git is not installed." };
  const bash = findProgram("bash");
  if (bash === null) return { missing: "the program bash is not installed." };
  const root = process.getuid?.() === 0;
  const setpriv = root ? findProgram("setpriv") : null;
  if (root && setpriv === null) return { missing: "the program setpriv (package util-linux) is not installed." };

  const installation = createHash("sha256").update(resolve(dataDir)).digest("hex").slice(0, 12);
  return {
    bwrap,
    bash,
    git,
    setpriv,
    root,
    cgroups: root ? findCgroups(`ai-city-${installation}`) : null,
    node: findNode(root),
    systemArgs: systemArgs(),
    maskArgs: maskArgs(),
    // An unprivileged user must be able to pass through every folder on the way, which a home of root's forbids.
    home: root ? `/run/ai-city-${installation}` : join(resolve(dataDir), "sandboxes"),
  };
}

/** /usr read-only, and /bin, /lib, … as they are here: links on merged systems, folders on others. */
function systemArgs(): string[] {
  const args = ["--ro-bind", "/usr", "/usr"];
  for (const path of ["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"]) {
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (stat?.isSymbolicLink()) args.push("--symlink", readlinkSync(path), path);
    else if (stat?.isDirectory()) args.push("--ro-bind", path, path);
  }
  return args;
}

/** /dev/null is laid over each: binds carry no devices, so what is left can be neither read nor run. */
function maskArgs(): string[] {
  const found = new Set<string>();
  for (const name of NETWORK_PROGRAMS) {
    for (const folder of PROGRAM_FOLDERS) {
      const path = join(folder, name);
      if (existsSync(path)) found.add(realpathSync(path));
    }
  }
  const inSystem = [...found].filter((path) => path.startsWith("/usr/") || /^\/(s?bin)\//.test(path));
  return inSystem.flatMap((path) => ["--ro-bind", "/dev/null", path]);
}
