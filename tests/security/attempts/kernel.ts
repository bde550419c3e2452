import { type SeccompArch, syscallNumber } from "#server/ports/sandbox/bubblewrap/seccomp.ts";
import type { Arena } from "../arena.ts";
import type { Attempt } from "../attempt.ts";

/** Makes one system call with numbers, or buffers of zeros (`b64` has 64 bytes), and prints result and errno. */
const call = (name: string, args: string, before = "") => {
  const number = syscallNumber(name, process.arch as SeccompArch);
  return `
import ctypes, os, sys
c = ctypes.CDLL(None, use_errno=True)
def call(n, *a):
    ctypes.set_errno(0)
    r = c.syscall(ctypes.c_long(n), *[ctypes.c_long(x) if isinstance(x, int) else x for x in a])
    return r, ctypes.get_errno()
b = lambda n: ctypes.create_string_buffer(n)
${before}
r, e = call(${number}, ${args})
sys.stdout.flush()
print("answered" if r != -1 or e not in (1, 38) else "refused", r, e)`;
};

const reaches = (program: string) => async (arena: Arena) => (await arena.python(program)).includes("answered");

/** The call is refused by the filter and, without its rule, really reaches the kernel (another errno, or success). */
const syscall = (name: string, what: string, args: string, before?: string, more: Partial<Attempt> = {}): Attempt =>
  ({
    name: `${name}: ${what}`,
    group: "kernel",
    without: [`seccomp ${name}`],
    reach: reaches(call(name, args, before)),
    ...more,
  }) as Attempt;

/** The kernel only takes the call from a process whose own terminal it is. */
const CONTROLLING_TERMINAL = `
import fcntl, termios
master, slave = os.openpty()
child = os.fork()
if child != 0:
    os.waitpid(child, 0); os._exit(0)
os.setsid(); fcntl.ioctl(slave, termios.TIOCSCTTY, 0)`;

const x64 = process.arch === "x64";
/** Capabilities over the sandbox's own mounts and name; without the second, they would belong to an inner namespace. */
const WITH_ROOT = ["no capabilities", "no nested user namespaces"] as const;
const NEWUSER = "0x10000000";

export const kernel: readonly Attempt[] = [
  syscall("ptrace", "steering a process of one's own", "16, child, 0, 0", FORK(), { short: true }),
  syscall("process_vm_readv", "reading another process's memory", "os.getpid(), 0, 0, 0, 0, 0"),
  syscall("process_vm_writev", "writing another process's memory", "os.getpid(), 0, 0, 0, 0, 0"),
  syscall("kcmp", "comparing kernel objects", "os.getpid(), os.getpid(), 0, 0, 0"),
  syscall("pidfd_getfd", "taking another process's file", "os.pidfd_open(os.getpid()), 0, 0"),
  syscall("bpf", "loading programs into the kernel", "9999, b(64), 64"),
  syscall("userfaultfd", "stalling the kernel in page faults", "1"),
  syscall("io_uring_setup", "a second door to most system calls", "4, b(256)", "", { short: true }),
  syscall("io_uring_enter", "the same door, already open", "-1, 0, 0, 0, 0, 0"),
  syscall("io_uring_register", "handing it files and memory", "-1, 0, 0, 0"),
  syscall("keyctl", "the kernel's key store", "0, -3, 0, 0, 0"),
  syscall("add_key", "filling the kernel's key store", 'b"user", b"x", b"y", 1, -3'),
  syscall("request_key", "asking for keys of the host", 'b"user", b"none", 0, 0'),
  syscall("fanotify_init", "watching file systems", "0x200, 0"),
  syscall("name_to_handle_at", "handles that outlive their mount", '-100, b"/", b(256), b(8), 0'),
  syscall("memfd_secret", "memory that nobody can inspect", "0"),
  syscall("mbind", "memory policies", "0, 0, 0, 0, 0, 0"),
  syscall("set_mempolicy", "memory policies of the process", "0, 0, 0"),
  syscall("open_tree", "detached mounts", '-100, b"/", 0'),
  syscall("setns", "joining another namespace", "-1, 0"),
  syscall("fsconfig", "configuring a mount", "-1, 0, 0, 0, 0"),
  syscall("process_madvise", "advice on another process's memory", "-1, 0, 0, 0, 0"),
  syscall("process_mrelease", "taking another process's memory", "-1, 0"),
  syscall("perf_event_open", "watching the processor", "b(128), 0, -1, -1, 0"),
  syscall("adjtimex", "the machine's clock", "b(512)"),
  syscall("clock_adjtime", "the machine's clocks", "0, b(512)"),
  ...(x64 ? [syscall("modify_ldt", "the processor's segment table", "0, b(64), 64")] : []),
  syscall("mount", "a mount of one's own", 'b"x", b"/tmp", b"tmpfs", 0, 0', "", {
    without: ["seccomp mount", ...WITH_ROOT],
    short: true,
  } as Partial<Attempt>),
  syscall("umount2", "uncovering what lies below a mount", 'b"/tmp", 2', "", {
    without: ["seccomp umount2", ...WITH_ROOT],
  } as Partial<Attempt>),
  syscall("fsopen", "a mount by the newer calls", 'b"tmpfs", 0', "", {
    without: ["seccomp fsopen", ...WITH_ROOT],
  } as Partial<Attempt>),
  syscall("move_mount", "moving a mount", '-1, b"", -1, b"", 0', "", {
    without: ["seccomp move_mount", ...WITH_ROOT],
  } as Partial<Attempt>),
  syscall("fsmount", "making a mount of what fsopen made", "-1, 0, 0", "", {
    without: ["seccomp fsmount", ...WITH_ROOT],
  } as Partial<Attempt>),
  syscall("fspick", "reconfiguring a mount", '-100, b"/nowhere", 0', "", {
    without: ["seccomp fspick", ...WITH_ROOT],
  } as Partial<Attempt>),
  syscall("mount_setattr", "making a read-only mount writable", '-100, b"/", 0, b(32), 32', "", {
    without: ["seccomp mount_setattr", ...WITH_ROOT],
  } as Partial<Attempt>),
  syscall("pivot_root", "another root for everyone", 'b"/tmp", b"/tmp"', "", {
    without: ["seccomp pivot_root", ...WITH_ROOT],
  } as Partial<Attempt>),
  syscall("chroot", "another root folder", 'b"/tmp"', "", {
    without: ["seccomp chroot", "no capabilities"],
  } as Partial<Attempt>),
  syscall("sethostname", "renaming the machine", 'b"evil", 4', "", {
    without: ["seccomp sethostname", ...WITH_ROOT],
  } as Partial<Attempt>),
  syscall("unshare", "a user namespace inside, and root in it", NEWUSER, "", {
    without: ["seccomp unshare", "no nested user namespaces"],
    short: true,
  } as Partial<Attempt>),
  syscall("clone", "a child in a new user namespace", `${NEWUSER} | 17, 0, 0, 0, 0`, "", {
    name: "clone with a new user namespace",
    without: ["seccomp clone-namespaces", "no nested user namespaces"],
  } as Partial<Attempt>),
  syscall("clone3", "namespaces behind a pointer that filters cannot read", "b(8), 8", "", {
    without: ["seccomp clone3"],
  } as Partial<Attempt>),
  {
    name: "TIOCSTI: typing into the terminal",
    group: "kernel",
    without: ["seccomp tty-injection"],
    reach: reaches(terminal("0x5412, b(8)")),
  },
  {
    name: "TIOCLINUX: pasting into the console",
    group: "kernel",
    without: ["seccomp tty-injection"],
    reach: reaches(terminal("0x541c, b(8)")),
  },
  ...(x64 ? [compatibility(), x32()] : []),
];

function FORK(): string {
  return `
import time
child = os.fork()
if child == 0:
    time.sleep(5); os._exit(0)`;
}

function terminal(args: string): string {
  return call("ioctl", `slave, ${args}`, CONTROLLING_TERMINAL);
}

/** 32-bit calls have other numbers for the same functions, which a filter of 64-bit numbers would mistake. */
function compatibility(): Attempt {
  // mov eax, 20 (getpid); int 0x80; ret
  const program = `
import ctypes, mmap
m = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
m.write(bytes([0xb8, 20, 0, 0, 0, 0xcd, 0x80, 0xc3]))
f = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(m)))
print("answered" if f() > 0 else "refused")`;
  return { name: "32-bit system calls", group: "kernel", without: ["seccomp arch"], reach: reaches(program) };
}

/** Where the kernel has no x32 calls it answers ENOSYS; the filter ends the process before that. */
function x32(): Attempt {
  const program = `
import ctypes
c = ctypes.CDLL(None, use_errno=True)
c.syscall(ctypes.c_long(0x40000000 | 39)); print("answered")`;
  return { name: "x32 system calls", group: "kernel", without: ["seccomp x32"], reach: reaches(program) };
}
