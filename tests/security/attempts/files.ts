import { isCityError } from "#server/kernel/errors.ts";
import type { Sandbox } from "#server/ports/sandbox.ts";
import type { Arena } from "../arena.ts";
import type { Attempt } from "../attempt.ts";

/** What lies in every sandbox outside the repository: what the file API must never answer with. */
const OUTSIDE_TEXT = "root:x:0:0";

/** The content, or "" when the sandbox refused. Anything but a refusal is a fault of the test. */
async function tryRead(sandbox: Sandbox, path: string): Promise<string> {
  try {
    const { content, encoding } = await sandbox.readFile(path);
    return Buffer.from(content, encoding).toString("latin1");
  } catch (error) {
    if (isCityError(error)) return "";
    throw error;
  }
}

async function tryWrite(sandbox: Sandbox, path: string, content: string): Promise<void> {
  try {
    await sandbox.writeFile(path, content);
  } catch (error) {
    if (!isCityError(error)) throw error;
  }
}

const reads =
  (path: string, prepare: string, text = OUTSIDE_TEXT) =>
  async (arena: Arena) => {
    const sandbox = await arena.sandbox();
    await sandbox.exec(prepare);
    return (await tryRead(sandbox, path)).includes(text);
  };

/** Swaps two names as fast as the kernel allows, in one step, so that neither is ever missing. */
const swap = (a: string, b: string, times: number) => `
import ctypes, os
c = ctypes.CDLL(None)
for _ in range(${times}): c.renameat2(-100, b"${a}", -100, b"${b}", 2)
print("done")`;

/** Runs the API call over and over while 100,000 swaps take place. */
async function race(sandbox: Sandbox, program: string, step: () => Promise<boolean>): Promise<boolean> {
  await sandbox.writeFile("swap.py", program);
  let over = false;
  const swapping = sandbox.exec("python3 swap.py").finally(() => {
    over = true;
  });
  let reached = false;
  while (!over && !reached) reached = await step();
  await swapping;
  return reached;
}

export const files: readonly Attempt[] = [
  {
    name: "read ../../../etc/passwd",
    group: "files",
    short: true,
    without: ["path rules", "checks on the open file"],
    reach: reads("../../../etc/passwd", "true"),
  },
  {
    name: "read through /proc/self/root",
    group: "files",
    without: ["path rules", "checks on the open file"],
    reach: reads("../../../proc/self/root/etc/passwd", "true"),
  },
  {
    name: "read a file of /proc",
    group: "files",
    without: ["path rules", "checks on the open file"],
    reach: reads("../../../proc/version", "true", "Linux version"),
  },
  {
    name: "read a link that leads out of the repository",
    group: "files",
    short: true,
    without: ["checks on the open file"],
    reach: reads("link", "ln -s /etc/passwd link"),
  },
  {
    name: "read through a folder that is a link",
    group: "files",
    without: ["checks on the open file"],
    reach: reads("folder/passwd", "ln -s /etc folder"),
  },
  {
    name: "read through a chain of links",
    group: "files",
    without: ["checks on the open file"],
    reach: reads("l9", "ln -s /etc/passwd l0; for i in 0 1 2 3 4 5 6 7 8; do ln -s l$i l$((i+1)); done"),
  },
  {
    name: "read an endless device through a link",
    group: "files",
    without: ["checks on the open file"],
    reach: reads("zero", "ln -s /dev/zero zero", "\0".repeat(100)),
  },
  {
    name: "hang the reader on a FIFO",
    group: "files",
    without: ["checks on the open file"],
    reach: async (arena) => {
      const sandbox = await arena.sandbox();
      await sandbox.exec("mkfifo pipe");
      const reading = tryRead(sandbox, "pipe").then(() => "answered");
      const patience = new Promise<string>((resolve) =>
        AbortSignal.timeout(2000).addEventListener("abort", () => resolve("hangs")),
      );
      const outcome = await Promise.race([reading, patience]);
      await arena.provider.destroy(sandbox.id);
      return outcome === "hangs";
    },
  },
  {
    name: "list a folder outside through a link",
    group: "files",
    without: ["checks on the open file"],
    reach: async (arena) => {
      const sandbox = await arena.sandbox();
      await sandbox.exec("ln -s /etc folder");
      try {
        return (await sandbox.listFiles("folder")).some((entry) => entry.name === "passwd");
      } catch (error) {
        if (isCityError(error)) return false;
        throw error;
      }
    },
  },
  {
    name: "write through a link to a file outside",
    group: "files",
    short: true,
    without: ["checks on the open file"],
    reach: async (arena) => {
      const sandbox = await arena.sandbox();
      await sandbox.exec("echo before > /home/user/repo/target; ln -s target link");
      await tryWrite(sandbox, "link", "after");
      return (await sandbox.readFile("target")).content === "after";
    },
  },
  {
    name: "race: 100,000 swaps of a file with a link while it is read",
    group: "files",
    without: ["checks on the open file"],
    reach: async (arena) => {
      const sandbox = await arena.sandbox();
      await sandbox.exec("echo inside > file; ln -s /etc/passwd link");
      return race(sandbox, swap("file", "link", 100_000), async () =>
        (await tryRead(sandbox, "file")).includes(OUTSIDE_TEXT),
      );
    },
  },
  {
    name: "race: 100,000 swaps of a folder with a link while a file in it is read",
    group: "files",
    without: ["checks on the open file"],
    reach: async (arena) => {
      const sandbox = await arena.sandbox();
      await sandbox.exec("mkdir folder; echo inside > folder/passwd; ln -s /etc link");
      return race(sandbox, swap("folder", "link", 100_000), async () =>
        (await tryRead(sandbox, "folder/passwd")).includes(OUTSIDE_TEXT),
      );
    },
  },
  {
    name: "race: 100,000 swaps of a file with a link while it is written",
    group: "files",
    without: ["checks on the open file"],
    reach: async (arena) => {
      const sandbox = await arena.sandbox();
      await sandbox.exec("echo inside > file; echo before > target; ln -s target link");
      const program = swap("file", "link", 100_000);
      await race(sandbox, program, async () => {
        await tryWrite(sandbox, "file", "after");
        return (await tryRead(sandbox, "target")).includes("after");
      });
      return (await sandbox.readFile("target")).content.includes("after");
    },
  },
];
