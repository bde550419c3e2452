/**
 * The seal inside an E2B machine. The machine is the wall to the host; inside it every command runs as an ordinary user
 * in namespaces of its own, because E2B's root service, its network and our pristine tree lie in the same machine.
 *
 * The network namespace is empty: what a seller runs has no network even where the machine's own firewall has a hole
 * (E2B's rules are known to have let DNS through). The process namespace ends with its command, daemons included.
 */
import { shellQuote } from "../../../kernel/shell-quote.ts";
import type { SandboxLimits } from "../../sandbox.ts";
import { type Binding, ENVIRONMENT, type Program } from "../sealed/program.ts";

/** Ours, for root alone: the box with the three folders that commands see, and the files of a running command. */
export const CITY_FOLDER = "/opt/ai-city";
export const BOX = `${CITY_FOLDER}/box`;
/** What commands run as. E2B's templates know it as "user". */
export const SELLER_UID = 1000;
const SCRATCH_BYTES = 64 * 1024 * 1024;

/** Programs whose only use is the network; there is none, and they say so at once. */
const NETWORK_PROGRAMS = "curl wget nc ncat netcat socat telnet ssh ftp";

const GIT_CONFIG =
  "[user]\\n\\tname = agent\\n\\temail = agent@sandbox.invalid\\n[safe]\\n\\tdirectory = *\\n[gc]\\n\\tauto = 0\\n";

/** Loopback starts down in a fresh namespace. Images without `ip` have perl: it is an essential package of Debian. */
const LOOPBACK_UP = `ip link set lo up 2>/dev/null || perl -e 'socket(S,2,2,0); $r = pack("Z16 s x14", "lo", 0x41); ioctl(S, 0x8914, $r)' 2>/dev/null || :`;

/** Made once a machine, before anything foreign is in it. The lay-out script fills the box. */
export const PREPARE = `set -e
umask 077
mkdir ${CITY_FOLDER} ${BOX}
chown ${SELLER_UID}:${SELLER_UID} ${BOX}
`;

/** Whose program it is: a seller's command, which `CLOSE` ends, or one of our own scripts. */
export type RunKind = "command" | "ours";

/** Ends the seller's commands by process 1 of their namespaces. One that has not yet told its number finds the file. */
export const CLOSE = `cd ${CITY_FOLDER} && : > closed || exit
for file in command.*/pid; do read -r pid < "$file" && kill -KILL "$pid"; done 2>/dev/null
:`;
export const REOPEN = `rm -f ${CITY_FOLDER}/closed`;

/**
 * The program that root runs for one sealed command. It prints, each on a line: stdout and stderr in base64, then the
 * exit code, the milliseconds, and "sealed" if the seal stood before the command began. Output is bounded here, so that
 * a flood never leaves the machine.
 */
export function sealScript(
  command: Program,
  limits: SandboxLimits,
  { kind, input }: { kind: RunKind; input: string | null },
): string {
  const argv = Buffer.from(command.argv.map((word) => `${word}\0`).join("")).toString("base64");
  const keep = command.outputBytes + 1;
  const gather = (pipe: string, file: string) =>
    `{ head -c ${keep} > "$run/${file}"; exec cat > /dev/null; } < "$run/${pipe}" &`;
  return `set -u
export LC_ALL=C
umask 077
cd ${CITY_FOLDER} || exit 90
run=$(mktemp -d ${kind}.XXXXXXXX) || exit 90
trap 'rm -rf "$run"${input === null ? "" : ` ${input}`}' EXIT
mapfile -d '' -t argv < <(base64 -d <<< '${argv}')
mkfifo "$run/o" "$run/e"
${gather("o", "out")}
${gather("e", "err")}
began=\${EPOCHREALTIME/./}
unshare --mount --pid --fork --net --ipc --uts --kill-child bash -c ${shellQuote(innerScript(command, limits, kind))} seal "\${argv[@]}" \\
  < ${input ?? "/dev/null"} > "$run/o" 2> "$run/e" 3> "$run/ready" 4> "$run/pid"
code=$?
ended=\${EPOCHREALTIME/./}
wait
base64 -w0 "$run/out"; echo
base64 -w0 "$run/err"; echo
echo "$code $(( (ended - began) / 1000 )) $(cat "$run/ready")"
`;
}

/**
 * Process 1 of the namespaces: lays out what the command sees, gives up root for it, and waits. Mount points are made
 * on fresh tmpfs or in folders of root, never below a folder whose content the seller controls.
 */
function innerScript(command: Program, limits: SandboxLimits, kind: RunKind): string {
  const own = new Set(command.binds.map((bind) => bind.to));
  const tmpfs = (folder: string, options: string) => `mount -t tmpfs -o nosuid,nodev,${options} tmpfs ${folder}`;
  const lines = [
    "set -e",
    // Its own number outside of its namespaces, as long as it sees the /proc of out there.
    "read -r pid _ < /proc/self/stat",
    'echo "$pid" >&4',
    "exec 4>&-",
    ...(kind === "command" ? ["[ ! -e closed ]"] : []),
    "mount --make-rprivate /",
    "mount -t proc -o nosuid,nodev,noexec proc /proc",
    "mkdir -p /box /opt/pristine.git /home/user /dev/shm",
    tmpfs("/run", `size=${SCRATCH_BYTES},mode=0755`),
    tmpfs("/dev/shm", `size=${SCRATCH_BYTES},mode=1777`),
    tmpfs("/home/user", `size=${SCRATCH_BYTES},mode=0755,uid=${SELLER_UID},gid=${SELLER_UID}`),
    `printf '${GIT_CONFIG}' > /home/user/.gitconfig`,
    "chmod 644 /home/user/.gitconfig",
    ...command.binds.flatMap(bindLines),
    ...(own.has("/tmp") ? [] : [tmpfs("/tmp", `size=${command.scratchBytes ?? SCRATCH_BYTES},mode=1777`)]),
    `for name in ${NETWORK_PROGRAMS}; do`,
    '  found=$(command -v "$name") && mount --bind /dev/null "$(readlink -f "$found")" || :',
    "done",
    "mount -o remount,bind,ro /",
    "hostname sandbox",
    LOOPBACK_UP,
    "umask 022",
    "ulimit -c 0",
    "ulimit -n 1024",
    `ulimit -f ${Math.ceil(limits.diskBytes / 1024)}`,
    "cd /",
    "echo sealed >&3",
    "exec 3>&-",
    "set +e",
    `timeout --signal=KILL ${command.timeoutMs / 1000} \\`,
    `  setpriv --reuid ${SELLER_UID} --regid ${SELLER_UID} --clear-groups --no-new-privs \\`,
    "  --bounding-set=-all --inh-caps=-all --ambient-caps=-all \\",
    `  prlimit --nproc=${limits.processes} env -i ${assignments({ ...ENVIRONMENT, ...command.env })} "$@"`,
  ];
  return lines.join("\n");
}

function bindLines({ part, to, writable }: Binding): string[] {
  // A fresh tmpfs lies over /home/user by now; the other places are root's.
  const lines = [`mkdir -p ${to}`, `mount --bind ${part === "box" ? BOX : `${BOX}/${part}`} ${to}`];
  return writable ? lines : [...lines, `mount -o remount,bind,ro ${to}`];
}

function assignments(env: Readonly<Record<string, string>>): string {
  return Object.entries(env)
    .map(([name, value]) => shellQuote(`${name}=${value}`))
    .join(" ");
}
