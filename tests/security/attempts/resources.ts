import type { Arena } from "../arena.ts";
import type { Attempt } from "../attempt.ts";

const MB = 1024 * 1024;

/** Runs python and reads the number after the word "reached". */
const reached = async (arena: Arena, program: string, limits = {}) => {
  const sandbox = await arena.sandbox({ limits });
  const out = await arena.python(program, sandbox);
  return Number(/reached (\d+)/.exec(out)?.[1] ?? 0);
};

export const resources: readonly Attempt[] = [
  {
    name: "fork bomb (200 processes where 64 are allowed)",
    group: "resources",
    short: true,
    without: ["process limit"],
    reach: async (arena) =>
      (await reached(
        arena,
        `
import os, time
n = 0
try:
    while n < 200:
        if os.fork() == 0: time.sleep(60); os._exit(0)
        n += 1
except OSError: pass
print("reached", n, flush=True)`,
      )) === 200,
  },
  {
    name: "thread bomb",
    group: "resources",
    without: ["process limit"],
    reach: async (arena) =>
      (await reached(
        arena,
        `
import threading, time
threading.stack_size(65536); n = 0
try:
    while n < 200:
        threading.Thread(target=time.sleep, args=(2,), daemon=True).start(); n += 1
except RuntimeError: pass
print("reached", n, flush=True)`,
      )) === 200,
  },
  {
    name: "memory bomb (500 MB where 128 MB are allowed)",
    group: "resources",
    short: true,
    without: ["memory limit"],
    reach: async (arena) =>
      (await reached(arena, `x = bytearray(500 * 1024 * 1024)\nprint("reached", len(x))`, { memoryBytes: 80 * MB })) >
      0,
  },
  {
    name: "memory bomb spread over processes",
    group: "resources",
    without: ["memory limit"],
    reach: async (arena) => {
      const program = `
import os
for _ in range(5):
    if os.fork() == 0:
        x = bytearray(100 * 1024 * 1024); print("held", flush=True)
        import time; time.sleep(0.5); os._exit(0)
for _ in range(5): os.wait()`;
      const out = await arena.python(program, await arena.sandbox({ limits: { memoryBytes: 80 * MB } }));
      return out.split("held").length - 1 === 5;
    },
  },
  {
    name: "disk bomb (many files, 120 MB where 48 MB are allowed)",
    group: "resources",
    short: true,
    without: ["disk limit"],
    reach: async (arena) => {
      const sandbox = await arena.sandbox({ limits: { memoryBytes: 512 * MB } });
      await sandbox.exec("for i in 1 2 3 4 5 6; do head -c 20000000 /dev/zero > bomb$i; done");
      const run = await sandbox.exec("cat bomb* | wc -c");
      return Number(run.stdout) === 120_000_000;
    },
  },
  {
    name: "disk bomb in /tmp",
    group: "resources",
    without: ["disk limit"],
    reach: async (arena) => {
      const sandbox = await arena.sandbox({ limits: { memoryBytes: 512 * MB } });
      await sandbox.exec("for i in 1 2 3 4 5 6; do head -c 20000000 /dev/zero > /tmp/bomb$i; done");
      return Number((await sandbox.exec("cat /tmp/bomb* | wc -c")).stdout) === 120_000_000;
    },
  },
  {
    name: "file of one terabyte (sparse)",
    group: "resources",
    without: ["file-size limit"],
    reach: async (arena) => (await (await arena.sandbox()).exec("truncate -s 1T huge")).exitCode === 0,
  },
  {
    name: "inode bomb (5,000 files where 3,000 are allowed)",
    group: "resources",
    without: ["file-count limit"],
    reach: async (arena) =>
      (await reached(
        arena,
        `
n = 0
try:
    while n < 5000: open("f%d" % n, "w").close(); n += 1
except OSError: pass
print("reached", n)`,
      )) === 5000,
  },
  {
    name: "shared-memory bomb in /dev/shm (100 MB where 64 MB are allowed)",
    group: "resources",
    without: ["bounded shared memory", "file-size limit"],
    reach: async (arena) => {
      const sandbox = await arena.sandbox({ limits: { memoryBytes: 512 * MB } });
      const run = await sandbox.exec(
        "for i in 1 2 3 4 5; do head -c 20000000 /dev/zero > /dev/shm/b$i; done; cat /dev/shm/b* | wc -c",
      );
      return Number(run.stdout) === 100_000_000;
    },
  },
  {
    name: "output bomb (3 MB where 64 kB are kept)",
    group: "resources",
    short: true,
    without: ["output limit"],
    reach: async (arena) => (await (await arena.sandbox()).exec("head -c 3000000 /dev/zero")).stdout.length > 65_536,
  },
  {
    name: "a command that never ends",
    group: "resources",
    short: true,
    without: ["time limit"],
    reach: async (arena) =>
      (await (await arena.sandbox()).exec("sleep 2; echo still here", { timeoutMs: 300 })).stdout.includes(
        "still here",
      ),
  },
  {
    name: "a command that ignores every signal",
    group: "resources",
    without: ["time limit"],
    reach: async (arena) => {
      const command = "trap '' TERM INT HUP QUIT ALRM; for i in 1 2 3 4; do sleep 0.5; done; echo still here";
      return (await (await arena.sandbox()).exec(command, { timeoutMs: 300 })).stdout.includes("still here");
    },
  },
  {
    name: "taking a whole processor where a fiftieth is allowed",
    group: "resources",
    without: ["processor limit"],
    reach: async (arena) => {
      const program = `
import os, time
end = time.monotonic() + 3
def burn():
    while time.monotonic() < end: pass
    print("used", int(os.times().user * 1000), flush=True)
for _ in range(4):
    if os.fork() == 0: burn(); os._exit(0)
for _ in range(4): os.wait()`;
      const out = await arena.python(program, await arena.sandbox({ limits: { cpus: 0.02 } }));
      const used = [...out.matchAll(/used (\d+)/g)].reduce((sum, match) => sum + Number(match[1]), 0);
      // A fiftieth of three seconds is 60 ms. A group of processes gets several times that on the busiest machine.
      return used > 200;
    },
  },
  {
    name: "4,000 open files in one process",
    group: "resources",
    without: ["open-file limit"],
    reach: async (arena) =>
      (await reached(
        arena,
        `
import os
n = 0
try:
    while n < 4000: os.open("/dev/null", os.O_RDONLY); n += 1
except OSError: pass
print("reached", n)`,
      )) === 4000,
  },
];
