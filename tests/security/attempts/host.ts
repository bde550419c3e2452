import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
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

/** Real user id of a process that has become `sleep`; before that it is the launcher, which still gives up root. */
function outerUids(pid: number): string[] {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return /^Name:\tsleep$/m.test(status) ? [/^Uid:\t(\d+)/m.exec(status)?.[1] ?? ""] : [];
  } catch {
    return [];
  }
}
