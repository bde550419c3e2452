import { describe, expect, it } from "vitest";
import { type SeccompArch, seccompProgram, syscallNumber } from "#server/ports/sandbox/bubblewrap/seccomp.ts";

const KILL = 0x80000000;
const ALLOW = 0x7fff0000;
const EPERM = 0x00050001;
const ENOSYS = 0x00050026;
const TOKEN = { x64: 0xc000003e, arm64: 0xc00000b7 } as const;

/** The kernel's classic BPF machine, as far as the filter uses it. Shows the arm64 program without an arm64 machine. */
function run(program: Buffer, nr: number, args: readonly number[] = [], arch: number = TOKEN.x64): number {
  const data = Buffer.alloc(64);
  data.writeUInt32LE(nr >>> 0, 0);
  data.writeUInt32LE(arch, 4);
  for (const [i, value] of args.entries()) data.writeUInt32LE(value >>> 0, 16 + 8 * i);
  let accumulator = 0;
  for (let pc = 0; pc * 8 < program.length; pc++) {
    const at = pc * 8;
    const [code, yes, no, k] = [
      program.readUInt16LE(at),
      program[at + 2] ?? 0,
      program[at + 3] ?? 0,
      program.readUInt32LE(at + 4),
    ];
    if (code === 0x20) accumulator = data.readUInt32LE(k);
    else if (code === 0x54) accumulator = (accumulator & k) >>> 0;
    else if (code === 0x15) pc += accumulator === k ? yes : no;
    else if (code === 0x35) pc += accumulator >= k ? yes : no;
    else if (code === 0x06) return k;
    else throw new Error(`unknown instruction ${code}`);
  }
  throw new Error("the program has no end");
}

describe.each(["x64", "arm64"] as const)("the system-call filter on %s", (arch: SeccompArch) => {
  const program = seccompProgram(arch);
  const call = (name: string, ...args: number[]) => run(program, syscallNumber(name, arch) ?? -1, args, TOKEN[arch]);

  it("refuses what reaches other processes, mounts, namespaces and rarely used kernel code", () => {
    for (const name of [
      "ptrace",
      "bpf",
      "keyctl",
      "io_uring_setup",
      "mount",
      "umount2",
      "unshare",
      "setns",
      "userfaultfd",
    ]) {
      expect(call(name), name).toBe(EPERM);
    }
    expect(call("clone3")).toBe(ENOSYS);
  });

  it("lets ordinary processes and threads through, and no new namespace", () => {
    expect(call("clone", 17)).toBe(ALLOW);
    expect(call("clone", 0x003d0f00)).toBe(ALLOW);
    for (const flag of [0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000]) {
      expect(call("clone", flag | 17)).toBe(EPERM);
    }
  });

  it("opens unix, IPv4 and IPv6 sockets of TCP and UDP only", () => {
    for (const family of [1, 2, 10]) expect(call("socket", family, 1, 0)).toBe(ALLOW);
    expect(call("socket", 2, 2, 17)).toBe(ALLOW);
    for (const family of [0, 3, 15, 16, 17, 31, 38, 40, 44]) expect(call("socket", family, 1, 0)).toBe(0x00050061);
    for (const protocol of [1, 58, 132, 136, 262]) expect(call("socket", 2, 3, protocol)).toBe(0x0005005d);
    expect(call("socketpair", 1, 1, 0)).toBe(ALLOW);
    expect(call("socketpair", 16, 1, 0)).toBe(0x00050061);
  });

  it("refuses typing into terminals and leaves other ioctls alone", () => {
    expect(call("ioctl", 1, 0x5412)).toBe(EPERM);
    expect(call("ioctl", 1, 0x541c)).toBe(EPERM);
    expect(call("ioctl", 1, 0x5413)).toBe(ALLOW);
  });

  it("kills calls under the numbers of another architecture", () => {
    expect(run(program, 0, [], 0x40000003)).toBe(KILL);
    expect(run(program, 0, [], arch === "x64" ? TOKEN.arm64 : TOKEN.x64)).toBe(KILL);
    if (arch === "x64") expect(run(program, 0x40000000, [])).toBe(KILL);
  });

  it("answers for every call number, so that none falls off the end", () => {
    for (let nr = 0; nr < 600; nr++)
      expect([KILL, ALLOW, EPERM, ENOSYS, 0x00050061, 0x0005005d]).toContain(run(program, nr, [], TOKEN[arch]));
  });
});

it("no filter is made for an architecture that is not known", () => {
  expect(() => seccompProgram("riscv64")).toThrow(RangeError);
});
