/** The seal: how every program that touches a buyer's code or a seller's command is started. */

import { shellQuote } from "../../../kernel/shell-quote.ts";
import type { SandboxLimits } from "../../sandbox.ts";
import type { Defences } from "../sealed/defences.ts";
import { ENVIRONMENT, type Program, type ProgramRun } from "../sealed/program.ts";
import { launcher } from "./launcher.ts";
import type { Machine } from "./machine.ts";

/** A folder of the sandbox shown inside the seal. Its host path is ours; only its content is the seller's. */
export type Bind = { readonly from: string; readonly to: string; readonly writable: boolean };

export type SealedCommand = Omit<Program, "binds"> & {
  readonly binds: readonly Bind[];
  readonly signal?: AbortSignal;
};

/**
 * Who runs: the sandbox's own user id (null when we are not root), its control groups and limits. Our own file scripts
 * run without groups, because joining costs some milliseconds and they only handle what is bounded otherwise.
 */
export type SealedUser = {
  readonly uid: number | null;
  readonly groupFolders: readonly string[];
  readonly limits: SandboxLimits;
};

/** The compiled system-call filter (null only when a security test takes it away) and the folder shown as /etc. */
export type SealFiles = { readonly filter: string | null; readonly etc: string };

/** What a program sees as its own id; the real one outside is another. */
const INNER_ID = "1000";
const NODE_FOLDER = "/opt/node/bin";
const SCRATCH_BYTES = 64 * 1024 * 1024;

/** What whoever started the server had open, and did not mark as its own: files, pipes, sockets to anywhere. */
const CLOSE_ALL = `for fd in /proc/self/fd/*; do fd=\${fd##*/}; [ "$fd" -le 2 ] || eval "exec $fd>&-"; done`;

export class Seal {
  private readonly machine: Machine;
  private readonly files: SealFiles;
  private readonly defences: Defences;

  constructor(machine: Machine, files: SealFiles, defences: Defences) {
    this.machine = machine;
    this.files = files;
    this.defences = defences;
  }

  /** Starts the command sealed and waits for it. Everything it started is gone when this returns. */
  run(user: SealedUser, command: SealedCommand): Promise<ProgramRun> {
    const args = [...this.namespaceArgs(), ...this.rootArgs(command), "--", ...command.argv];
    const ownId = this.defences.has("own user id") ? user.uid : null;
    // Only root can join the control groups: with them root is given up by the launcher, otherwise right here.
    const late = user.groupFolders.length > 0 ? ownId : null;
    const uid = late === null ? (ownId ?? undefined) : undefined;
    const { input, timeoutMs, outputBytes, signal } = command;
    const env = this.defences.has("cleared environment") ? undefined : process.env;
    const options = { ...(input && { input }), timeoutMs, outputBytes, uid, env: env && { ...env } };
    return launcher.run(this.machine.bash, ["-c", this.firstLines(user, late), "bash", ...args], options, signal);
  }

  /**
   * Joins the control groups and lowers the limits before anything foreign runs, so that there is no moment outside
   * them. Root is given up here, before bubblewrap starts.
   */
  private firstLines(user: SealedUser, uid: number | null): string {
    const { machine, defences } = this;
    const lines = defences.has("closed descriptors") ? [CLOSE_ALL] : [];
    // 0 is the shell itself. Version 1 has a file for single threads, which spares the wait for every processor that
    // moving a whole process costs: 10 ms and more.
    const join = machine.cgroups?.version === 1 ? "tasks" : "cgroup.procs";
    for (const folder of user.groupFolders) lines.push(`echo 0 > ${shellQuote(`${folder}/${join}`)} || exit 125`);
    lines.push("ulimit -c 0");
    if (defences.has("open-file limit")) lines.push("ulimit -n 1024");
    if (defences.has("file-size limit")) lines.push(`ulimit -f ${Math.ceil(user.limits.diskBytes / 1024)}`);
    if (user.groupFolders.length === 0) {
      // No control groups: a bound a process.
      if (defences.has("memory limit")) lines.push(`ulimit -d ${Math.ceil(user.limits.memoryBytes / 1024)}`);
      if (defences.has("process limit")) lines.push(`ulimit -u ${user.limits.processes}`);
    }
    if (this.files.filter !== null) lines.push(`exec 3< ${shellQuote(this.files.filter)}`);
    const drop = uid === null ? "" : `${machine.setpriv} --reuid ${uid} --regid ${uid} --clear-groups --no-new-privs `;
    lines.push(`exec ${drop}${machine.bwrap} "$@"`);
    return lines.join("\n");
  }

  private namespaceArgs(): string[] {
    const { defences } = this;
    const id = defences.has("no capabilities") ? INNER_ID : "0";
    const args = ["--unshare-user", "--unshare-cgroup", "--die-with-parent", "--uid", id, "--gid", id];
    if (defences.has("network namespace")) args.push("--unshare-net");
    if (defences.has("ipc namespace")) args.push("--unshare-ipc");
    if (defences.has("hostname namespace")) args.push("--unshare-uts", "--hostname", "sandbox");
    if (defences.has("process namespace")) args.push("--unshare-pid", "--as-pid-1");
    if (defences.has("no nested user namespaces")) args.push("--disable-userns");
    if (defences.has("new session")) args.push("--new-session");
    args.push(...(defences.has("no capabilities") ? ["--cap-drop", "ALL"] : ["--cap-add", "ALL"]));
    if (defences.has("cleared environment")) args.push("--clearenv");
    if (this.files.filter !== null) args.push("--seccomp", "3");
    return args;
  }

  /**
   * The file system. Mount points are made on our own fresh tmpfs, never below a folder whose content the seller
   * controls, and the root is made read-only after the last of them.
   */
  private rootArgs(command: SealedCommand): string[] {
    const { machine, defences } = this;
    const args: string[] = [];
    if (!defences.has("private root")) args.push("--bind", "/", "/host");
    args.push(...machine.systemArgs);
    if (defences.has("masked network programs")) args.push(...machine.maskArgs);
    args.push("--ro-bind", this.files.etc, "/etc");
    if (machine.node !== null) args.push("--ro-bind", machine.node, `${NODE_FOLDER}/node`);
    args.push(...(defences.has("process namespace") ? ["--proc", "/proc"] : ["--ro-bind", "/proc", "/proc"]));
    args.push("--dev", "/dev");
    if (defences.has("bounded shared memory")) args.push("--size", String(SCRATCH_BYTES), "--tmpfs", "/dev/shm");
    const own = new Set(command.binds.map((bind) => bind.to));
    if (!own.has("/tmp")) args.push("--size", String(command.scratchBytes ?? SCRATCH_BYTES), "--tmpfs", "/tmp");
    args.push("--size", String(SCRATCH_BYTES), "--tmpfs", "/home/user");
    for (const bind of command.binds) args.push(bind.writable ? "--bind" : "--ro-bind", bind.from, bind.to);
    if (defences.has("bounded shared memory")) args.push("--remount-ro", "/dev");
    if (defences.has("read-only system")) args.push("--remount-ro", "/");
    const environment = { ...ENVIRONMENT, PATH: `${NODE_FOLDER}:${ENVIRONMENT.PATH}` };
    for (const [name, value] of Object.entries({ ...environment, ...command.env })) args.push("--setenv", name, value);
    args.push("--chdir", "/");
    return args;
  }
}
