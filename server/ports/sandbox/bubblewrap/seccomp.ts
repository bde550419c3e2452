/**
 * The system-call filter that every sealed process runs under, as a classic BPF program for `bwrap --seccomp`.
 *
 * Namespaces leave some doors open (AF_VSOCK and AF_NETLINK sockets, for two) and every reachable kernel interface is
 * attack surface. What ordinary tools need stays allowed: shells, git, node, python, compilers, threads, fork.
 * Numbers: arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h of Linux 6.1.
 */
import { endianness } from "node:os";

export type SeccompArch = "x64" | "arm64";

/** System calls that answer EPERM, with their number on x86-64 and on arm64 (null: does not exist there). */
const DENIED: Readonly<Record<string, readonly [number | null, number | null]>> = {
  // Looking into or steering other processes.
  ptrace: [101, 117],
  process_vm_readv: [310, 270],
  process_vm_writev: [311, 271],
  kcmp: [312, 272],
  pidfd_getfd: [438, 438],
  process_madvise: [440, 440],
  process_mrelease: [448, 448],
  move_pages: [279, 239],
  migrate_pages: [256, 238],
  perf_event_open: [298, 241],
  // Kernel interfaces with a long record of holes, needed by no build or test.
  bpf: [321, 280],
  userfaultfd: [323, 282],
  io_uring_setup: [425, 425],
  io_uring_enter: [426, 426],
  io_uring_register: [427, 427],
  add_key: [248, 217],
  request_key: [249, 218],
  keyctl: [250, 219],
  fanotify_init: [300, 262],
  lookup_dcookie: [212, 18],
  name_to_handle_at: [303, 264],
  open_by_handle_at: [304, 265],
  mbind: [237, 235],
  set_mempolicy: [238, 237],
  memfd_secret: [447, 447],
  modify_ldt: [154, null],
  uselib: [134, null],
  ustat: [136, null],
  sysfs: [139, null],
  _sysctl: [156, null],
  // Mounts and namespaces.
  mount: [165, 40],
  umount2: [166, 39],
  pivot_root: [155, 41],
  chroot: [161, 51],
  open_tree: [428, 428],
  move_mount: [429, 429],
  fsopen: [430, 430],
  fsconfig: [431, 431],
  fsmount: [432, 432],
  fspick: [433, 433],
  mount_setattr: [442, 442],
  unshare: [272, 97],
  setns: [308, 268],
  // The machine itself.
  reboot: [169, 142],
  kexec_load: [246, 104],
  kexec_file_load: [320, 294],
  init_module: [175, 105],
  finit_module: [313, 273],
  delete_module: [176, 106],
  create_module: [174, null],
  iopl: [172, null],
  ioperm: [173, null],
  swapon: [167, 224],
  swapoff: [168, 225],
  acct: [163, 89],
  quotactl: [179, 60],
  quotactl_fd: [443, 443],
  nfsservctl: [180, 42],
  syslog: [103, 116],
  sethostname: [170, 161],
  setdomainname: [171, 162],
  settimeofday: [164, 170],
  clock_settime: [227, 112],
  clock_adjtime: [305, 266],
  adjtimex: [159, 171],
  vhangup: [153, 58],
};

const CALLS = {
  clone: [56, 220],
  clone3: [435, 435],
  ioctl: [16, 29],
  socket: [41, 198],
  socketpair: [53, 199],
} as const;

/** A rule of the filter: the name of a denied call, or one of the rules that look at arguments. */
export type SeccompRule = string;
export const SECCOMP_RULES: readonly SeccompRule[] = [
  ...Object.keys(DENIED),
  ...["arch", "x32", "socket-family", "socket-protocol", "socketpair", "clone-namespaces", "clone3", "tty-injection"],
];

/** Number of a call that the filter knows, or null where it does not exist; for tests that make the call. */
export function syscallNumber(name: string, arch: SeccompArch): number | null {
  const numbers = DENIED[name] ?? CALLS[name as keyof typeof CALLS];
  return numbers?.[arch === "x64" ? 0 : 1] ?? null;
}

const ARCH_TOKEN = { x64: 0xc000003e, arm64: 0xc00000b7 } as const;
/** Every CLONE_NEW* flag that `clone` takes (NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET). */
const CLONE_NEW = 0x7e020000;
const AF_UNIX = 1;
const AF_INET = 2;
const AF_INET6 = 10;
const IPPROTO_TCP = 6;
const IPPROTO_UDP = 17;
const TIOCSTI = 0x5412;
const TIOCLINUX = 0x541c;

const KILL = 0x80000000;
const ALLOW = 0x7fff0000;
const errno = (number: number) => 0x00050000 | number;
const EPERM = errno(1);
const ENOSYS = errno(38);
const EPROTONOSUPPORT = errno(93);
const EAFNOSUPPORT = errno(97);

/** Offsets in struct seccomp_data; arguments are 64 bits wide and the low half comes first on little-endian. */
const NR = 0;
const ARCH = 4;
const arg = (index: number) => 16 + 8 * index;

const LOAD = 0x20;
const AND = 0x54;
const JUMP_EQUAL = 0x15;
const JUMP_AT_LEAST = 0x35;
const RETURN = 0x06;

type Instruction = readonly [code: number, ifTrue: number, ifFalse: number, value: number];

const load = (offset: number): Instruction => [LOAD, 0, 0, offset];
const answer = (action: number): Instruction => [RETURN, 0, 0, action];
/** Answers `action` when the accumulator equals `value`; otherwise goes on. */
const answerIf = (value: number, action: number): Instruction[] => [[JUMP_EQUAL, 0, 1, value], answer(action)];

/** Runs `body` only for the call with this number; `body` must end in an answer. */
function forCall(number: number, body: Instruction[]): Instruction[] {
  return [[JUMP_EQUAL, 0, body.length, number], ...body];
}

/** Refuses unless the accumulator is one of `values`. */
function unlessOneOf(values: readonly number[], action: number): Instruction[] {
  const jumps = values.map((value, i): Instruction => [JUMP_EQUAL, values.length - i, 0, value]);
  return [...jumps, answer(action)];
}

/**
 * Builds the program.
 * @param without rules left out; only the security tests use it, to show that each rule is what stops its attempt.
 * @throws RangeError on a big-endian or unknown architecture, so that nothing runs unfiltered.
 */
export function seccompProgram(arch: string = process.arch, without: ReadonlySet<SeccompRule> = new Set()): Buffer {
  if ((arch !== "x64" && arch !== "arm64") || endianness() !== "LE") {
    throw new RangeError(`No system-call filter exists for ${arch}.`);
  }
  const column = arch === "x64" ? 0 : 1;
  const has = (rule: SeccompRule) => !without.has(rule);
  const out: Instruction[] = [];

  if (has("arch")) out.push(load(ARCH), [JUMP_EQUAL, 1, 0, ARCH_TOKEN[arch]], answer(KILL));
  out.push(load(NR));
  // The x32 calls are the same kernel functions under other numbers: they would slip past every line below.
  if (arch === "x64" && has("x32")) out.push([JUMP_AT_LEAST, 0, 1, 0x40000000], answer(KILL));

  for (const [name, numbers] of Object.entries(DENIED)) {
    const number = numbers[column];
    if (number !== null && number !== undefined && has(name)) out.push(...answerIf(number, EPERM));
  }
  // BPF cannot follow clone3's pointer to its flags. ENOSYS makes C libraries fall back to clone.
  if (has("clone3")) out.push(...answerIf(CALLS.clone3[column], ENOSYS));

  const newNamespace: Instruction[] = [load(arg(0)), [AND, 0, 0, CLONE_NEW], [JUMP_EQUAL, 1, 0, 0], answer(EPERM)];
  if (has("clone-namespaces")) out.push(...forCall(CALLS.clone[column], [...newNamespace, answer(ALLOW)]));
  if (has("tty-injection")) {
    const requests = [...answerIf(TIOCSTI, EPERM), ...answerIf(TIOCLINUX, EPERM)];
    out.push(...forCall(CALLS.ioctl[column], [load(arg(1)), ...requests, answer(ALLOW)]));
  }
  if (has("socketpair")) {
    const pair = [load(arg(0)), ...unlessOneOf([AF_UNIX], EAFNOSUPPORT), answer(ALLOW)];
    out.push(...forCall(CALLS.socketpair[column], pair));
  }
  const socket: Instruction[] = [];
  if (has("socket-family")) socket.push(load(arg(0)), ...unlessOneOf([AF_UNIX, AF_INET, AF_INET6], EAFNOSUPPORT));
  // Rarer protocols (SCTP, DCCP, MPTCP, …) would only make the kernel load more code.
  if (has("socket-protocol")) {
    socket.push(load(arg(2)), ...unlessOneOf([0, IPPROTO_TCP, IPPROTO_UDP], EPROTONOSUPPORT));
  }
  if (socket.length > 0) out.push(...forCall(CALLS.socket[column], [...socket, answer(ALLOW)]));
  out.push(answer(ALLOW));

  return assemble(out);
}

/** struct sock_filter: u16 code, u8 jt, u8 jf, u32 k. */
function assemble(program: readonly Instruction[]): Buffer {
  const bytes = Buffer.alloc(program.length * 8);
  for (const [i, [code, ifTrue, ifFalse, value]] of program.entries()) {
    if (ifTrue > 255 || ifFalse > 255) throw new RangeError("A jump in the filter is too long.");
    bytes.writeUInt16LE(code, i * 8);
    bytes.writeUInt8(ifTrue, i * 8 + 2);
    bytes.writeUInt8(ifFalse, i * 8 + 3);
    bytes.writeUInt32LE(value >>> 0, i * 8 + 4);
  }
  return bytes;
}
