/**
 * What stands in for one of E2B's virtual machines: a system of its own in namespaces, with root in it, whose processes
 * live on between commands and end with it. Not a wall to the host: only our own code runs here.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, lstatSync, readlinkSync } from "node:fs";
import { findProgram } from "#server/ports/sandbox/bubblewrap/find-program.ts";

export type MachineNetwork = "none" | "host";

export class StandInMachine {
  readonly id = `i${randomBytes(10).toString("hex")}`;
  readonly token = randomBytes(16).toString("hex");
  startedAt = nextStart();
  readonly endAt: Date;
  readonly metadata: Readonly<Record<string, string>>;
  private readonly init: ChildProcess;
  private readonly pid: Promise<number>;

  constructor(
    metadata: Readonly<Record<string, string>>,
    seconds: number,
    network: MachineNetwork,
    without: readonly string[],
  ) {
    this.metadata = metadata;
    this.endAt = new Date(this.startedAt.getTime() + seconds * 1000);
    const net = network === "none" ? ["--unshare-net"] : [];
    const missing = without.flatMap((program) => ["--ro-bind", "/dev/null", program]);
    const args = ["--unshare-pid", "--unshare-uts", "--unshare-ipc", ...net, "--cap-add", "ALL", ...SYSTEM, ...missing];
    this.init = spawn(
      findProgram("bwrap") ?? "",
      [...args, "--info-fd", "3", "sh", "-c", "echo up; exec sleep infinity"],
      {
        stdio: ["ignore", "pipe", "inherit", "pipe"],
      },
    );
    this.pid = readPid(this.init);
  }

  /** Starts a program as root (or as the ordinary user) among the machine's other processes. */
  async start(
    program: string,
    args: readonly string[],
    user: string,
    options: { readonly env?: Record<string, string>; readonly stdin?: boolean } = {},
  ): Promise<ChildProcess> {
    const who = user === "root" ? [] : ["setpriv", "--reuid", "1000", "--regid", "1000", "--clear-groups"];
    const enter = ["-t", String(await this.pid), "--mount", "--pid", "--net", "--uts", "--ipc", "--", ...who, program];
    const child = spawn(findProgram("nsenter") ?? "", [...enter, ...args], {
      stdio: [options.stdin ? "pipe" : "ignore", "pipe", "pipe"],
      env: {
        PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        HOME: "/root",
        ...options.env,
      } as unknown as NodeJS.ProcessEnv,
    });
    return child;
  }

  /** The first process of the machine takes all others with it. */
  async kill(): Promise<void> {
    const over = new Promise((resolve) => this.init.once("exit", resolve));
    process.kill(await this.pid, "SIGKILL");
    if (this.init.exitCode === null && this.init.signalCode === null) await over;
  }
}

/** Programs and configuration of this host, read-only; everything else is memory of the machine's own. */
const SYSTEM = [
  ...["--ro-bind", "/usr", "/usr", "--ro-bind", "/etc", "/etc"],
  ...["/bin", "/sbin", "/lib", "/lib64"].flatMap((path) => {
    if (!existsSync(path)) return [];
    return lstatSync(path).isSymbolicLink() ? ["--symlink", readlinkSync(path), path] : ["--ro-bind", path, path];
  }),
  ...["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/run", "--tmpfs", "/tmp", "--chmod", "1777", "/tmp"],
  ...["/opt", "/home/user", "/root", "/var/tmp"].flatMap((path) => ["--dir", path]),
];

/** Its first process, once the machine's own file system stands: before that, entering would mean the host's. */
async function readPid(init: ChildProcess): Promise<number> {
  const up = new Promise((resolve) => init.stdout?.once("data", resolve));
  let text = "";
  for await (const chunk of init.stdio[3] as AsyncIterable<Buffer>) text += chunk.toString();
  const pid = /"child-pid": (\d+)/.exec(text)?.[1];
  if (pid === undefined) throw new Error("The stand-in for a machine did not start.");
  await up;
  return Number(pid);
}

let lastStart = 0;
/** No two in one millisecond: the order of their starts is what servers decide by. */
function nextStart(): Date {
  lastStart = Math.max(Date.now(), lastStart + 1);
  return new Date(lastStart);
}
