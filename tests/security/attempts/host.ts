import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Arena, hostProcess, makeFolder, onHost, processesWith, soon } from "../arena.ts";
import type { Attempt } from "../attempt.ts";

const shell = async (arena: Arena, command: string) => {
  const run = await (await arena.sandbox()).exec(command);
  return run.stdout + run.stderr;
};

export const host: readonly Attempt[] = [
  {
    name: "reading a file of the host that everyone may read",
    group: "host",
    short: true,
    without: ["private root"],
    reach: async (arena) => {
      const file = arena.host.flagFile;
      return (await shell(arena, `cat ${file} /host${file}`)).includes(arena.host.flag);
    },
  },
  {
    name: "finding it through /proc of any process",
    group: "host",
    without: ["private root"],
    reach: async (arena) => {
      const file = arena.host.flagFile;
      const command = `for p in /proc/*; do cat $p/root${file} $p/root/host${file} $p/cwd/..${file}; done`;
      return (await shell(arena, command)).includes(arena.host.flag);
    },
  },
  {
    name: "writing a file into a folder of the host that everyone may write",
    group: "host",
    short: true,
    without: ["private root"],
    reach: async (arena) => {
      const folder = makeFolder(join(arena.host.folder, `open-${arena.open}`));
      await shell(arena, `echo planted > ${folder}/planted; echo planted > /host${folder}/planted`);
      return onHost("cat", [join(folder, "planted")]).startsWith("planted");
    },
  },
  {
    name: "reading another sandbox's files",
    group: "host",
    without: ["private root", "own user id"],
    reach: async (arena) => {
      const other = await arena.sandbox();
      await other.writeFile("secret.txt", arena.host.flag);
      const command = "cat /run/ai-city-*/*/box/repo/secret.txt /host/run/ai-city-*/*/box/repo/secret.txt";
      return (await shell(arena, command)).includes(arena.host.flag);
    },
  },
  {
    name: "reading the server's record of the sandbox",
    group: "host",
    without: ["private root", "own user id"],
    reach: async (arena) =>
      (await shell(arena, "cat /run/ai-city-*/*/state.json /host/run/ai-city-*/*/state.json")).includes("baseCommit"),
  },
  {
    name: "the server's environment, with its secrets",
    group: "host",
    short: true,
    without: ["cleared environment"],
    reach: async (arena) => {
      process.env.CITY_TEST_CANARY = arena.host.flag;
      try {
        return (await shell(arena, "env; cat /proc/*/environ | tr '\\0' '\\n'")).includes(arena.host.flag);
      } finally {
        delete process.env.CITY_TEST_CANARY;
      }
    },
  },
  {
    name: "seeing the host's processes and their arguments",
    group: "host",
    without: ["process namespace"],
    reach: async (arena) => {
      const canary = hostProcess(["sleep", "31.4159"]);
      try {
        return (await shell(arena, "cat /proc/[0-9]*/cmdline | tr '\\0' ' '")).includes("sleep 31.4159");
      } finally {
        canary.kill();
      }
    },
  },
  {
    name: "killing a process outside that has the same user id",
    group: "host",
    without: ["process namespace"],
    reach: async (arena) => {
      const sandbox = await arena.sandbox();
      const victim = hostProcess(["sleep", "100"], arena.outerUid(sandbox));
      const pid = victim.pid ?? 0;
      try {
        await sandbox.exec(`kill -9 ${pid}`);
        return await soon(() => victim.signalCode !== null || victim.exitCode !== null);
      } finally {
        victim.kill();
      }
    },
  },
  {
    name: "ptrace of a sibling process",
    group: "host",
    without: ["seccomp ptrace"],
    reach: async (arena) => {
      const sandbox = await arena.sandbox();
      const mark = `55.${Math.floor(Math.random() * 1e6)}`;
      await sandbox.writeFile("attempt.py", SEIZE(mark));
      // Beside it in one command: another command's processes are in another namespace, where there is no name for them.
      return (await sandbox.exec(`sleep ${mark} & python3 attempt.py`)).stdout.includes("attached");
    },
  },
  {
    name: "finding and ending another command that runs at the same time",
    group: "host",
    without: ["process namespace"],
    reach: async (arena) => {
      const sandbox = await arena.sandbox();
      const mark = `56.${Math.floor(Math.random() * 1e6)}`;
      const running = sandbox.exec(`exec sleep ${mark}`, { timeoutMs: 10_000 }).catch(() => undefined);
      await soon(() => processesWith(`sleep\0${mark}`).length > 0);
      const look = `grep -lF "sleep" /proc/[0-9]*/comm | while read -r f; do grep -qF ${mark} "$(dirname "$f")/cmdline" && kill -9 "$(basename "$(dirname "$f")")" && echo killed; done`;
      const { stdout } = await sandbox.exec(look);
      await arena.provider.destroy(sandbox.id);
      await running;
      return stdout.includes("killed");
    },
  },
  {
    name: "files of a destroyed sandbox, under the same id",
    group: "host",
    plainly: "nothing was destroyed",
    reach: (arena) => leftBehind(arena, true),
    control: (arena) => leftBehind(arena, false),
  },
  {
    name: "acting as root outside (user id of the process)",
    group: "host",
    without: ["own user id"],
    reach: async (arena) => {
      const sandbox = await arena.sandbox();
      const mark = `27.${Math.floor(Math.random() * 1e6)}`;
      const running = sandbox.exec(`exec sleep ${mark}`, { timeoutMs: 3000 }).catch(() => undefined);
      const uids: string[] = [];
      await soon(() => {
        for (const pid of processesWith(mark)) uids.push(...outerUids(pid));
        return uids.length > 0;
      });
      await arena.provider.destroy(sandbox.id);
      await running;
      return uids.includes("0");
    },
  },
  {
    name: "changing the root of the sandbox's file system",
    group: "host",
    without: ["read-only system"],
    reach: async (arena) => (await shell(arena, "mkdir /planted && echo made")).includes("made"),
  },
  {
    name: "the host's name",
    group: "host",
    without: ["hostname namespace"],
    reach: async (arena) => (await shell(arena, "uname -n")).trim() === hostname(),
  },
  {
    name: "System V shared memory of the host",
    group: "host",
    without: ["ipc namespace"],
    reach: async (arena) => {
      const id = /\d+/.exec(onHost("ipcmk", ["-M", "4096", "-p", "0666"]))?.[0] ?? "";
      try {
        const program = `
import ctypes
c = ctypes.CDLL(None, use_errno=True); c.shmat.restype = ctypes.c_long
print("attached" if c.shmat(${id}, None, 0) != -1 else ctypes.get_errno())`;
        return (await arena.python(program)).includes("attached");
      } finally {
        onHost("ipcrm", ["-m", id]);
      }
    },
  },
  {
    name: "sharing the server's session (and its terminal)",
    group: "host",
    without: ["new session"],
    reach: async (arena) => (await arena.python("import os\nprint('session', os.getsid(0))")).includes("session 0"),
  },
  {
    name: "a file that whoever started the server left open",
    group: "host",
    short: true,
    without: ["closed descriptors"],
    reach: async ({ host, open }) => {
      // A high number, as shells and supervisors use: node closes the first few itself.
      const start = ["-c", 'exec 60< "$1"; shift; exec "$@"', "bash", host.flagFile];
      const program = fileURLToPath(new URL("../sandbox-server.ts", import.meta.url));
      const args = [join(host.folder, "data-open"), "open", "cat <&60", ...(open ? ["closed descriptors"] : [])];
      const server = spawn("bash", [...start, process.execPath, program, ...args], {
        stdio: ["ignore", "ignore", "inherit", "ipc"],
      });
      const said: unknown[] = [];
      server.on("message", (message) => said.push(message));
      await once(server, "exit");
      if (typeof said[1] !== "string") throw new Error("The server of its own gave no answer.");
      return said[1].includes(host.flag);
    },
  },
  {
    name: "capabilities inside",
    group: "host",
    without: ["no capabilities"],
    reach: async (arena) => !/CapEff:\s*0000000000000000/.test(await shell(arena, "grep CapEff /proc/self/status")),
  },
  {
    name: "a daemon that outlives its command (setsid, no signals, no terminal)",
    group: "host",
    short: true,
    without: ["process namespace"],
    reach: async (arena) => {
      const mark = `77.${Math.floor(Math.random() * 1e6)}`;
      const sandbox = await arena.sandbox();
      const daemon = `setsid nohup sh -c 'echo > /tmp/up; sleep ${mark}; :' </dev/null >/dev/null 2>&1 &`;
      await sandbox.exec(`(trap '' TERM HUP INT; ${daemon}); while [ ! -e /tmp/up ]; do :; done`);
      const left = processesWith(mark);
      for (const pid of left) process.kill(pid, "SIGKILL");
      return left.length > 0;
    },
  },
];

/** PTRACE_ATTACH to the process whose arguments bear the mark, as soon as it is there. */
function SEIZE(mark: string): string {
  return `
import ctypes, glob, os, time
c = ctypes.CDLL(None, use_errno=True)
def find():
    for path in glob.glob("/proc/[0-9]*/cmdline"):
        try: words = open(path, "rb").read().split(b"\\0")
        except OSError: continue
        if words[:2] == [b"sleep", b"${mark}"]: return int(path.split("/")[2])
end = time.monotonic() + 3
while not (pid := find()) and time.monotonic() < end: pass
print("atta" + "ched" if pid and c.ptrace(16, pid, 0, 0) == 0 else ctypes.get_errno())`;
}

/** Whether what one sandbox left everywhere it may write is found by the next one with its id. */
async function leftBehind({ provider, host }: Arena, destroyed: boolean): Promise<boolean> {
  const id = randomBytes(8).toString("hex");
  const make = () => provider.create({ id, source: { kind: "files", files: [{ path: "a.txt", content: "a\n" }] } });
  const first = await make();
  await first.exec(
    `for d in . /tmp /dev/shm /var/tmp /home/user /; do echo ${host.flag} > $d/left; done; touch /tmp/seen`,
  );
  if (destroyed) await provider.destroy(id);
  const second = await make();
  const { stdout } = await second.exec("grep -rl FLAG- /home /tmp /dev/shm /var /run /opt 2>/dev/null; ls /tmp");
  await provider.destroy(id);
  return stdout.includes("left") || stdout.includes("seen");
}

/** Real user id of a process that has become `sleep`; before that it is the launcher, which still gives up root. */
function outerUids(pid: number): string[] {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return /^Name:\tsleep$/m.test(status) ? [/^Uid:\t(\d+)/m.exec(status)?.[1] ?? ""] : [];
  } catch {
    return [];
  }
}
