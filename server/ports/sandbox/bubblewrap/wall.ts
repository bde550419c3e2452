import { notBegun } from "../commands.ts";
import { readManifest } from "../sealed/manifest.ts";
import type { Wall } from "../sealed/program.ts";
import { type Cgroups, emptyGroup } from "./cgroups.ts";
import type { Seal, SealedUser } from "./seal.ts";
import type { Workspaces } from "./workspace.ts";

/** bubblewrap's own exit code for "could not set up". */
const SEAL_FAILED = 1;
/**
 * The first byte on a command's stderr, from its first process: the seal stands. Whatever comes after it, bubblewrap's
 * own words too, is the command's.
 */
const SEALED = 6;
const SAY_SO = `printf '\\006' >&2; exec "$@"`;

/** The wall around one sandbox on this machine: its folders, its user, and a fresh seal for each program. */
export function bubblewrapWall(
  id: string,
  user: SealedUser,
  { seal, workspaces, cgroups }: { seal: Seal; workspaces: Workspaces; cgroups: Cgroups | null },
): Wall {
  // Joining the control groups costs some milliseconds, which our own small scripts need not spend.
  const light: SealedUser = { ...user, groupFolders: [] };
  let closed: Promise<void> | null = null;
  return {
    async run({ binds, ...program }, { heavy, command, signal }) {
      const box = workspaces.box(id);
      const shown = binds.map(({ part, to, writable }) => ({ from: `${box}/${part}`, to, writable }));
      const argv = command ? ["sh", "-c", SAY_SO, "sh", ...program.argv] : program.argv;
      const run = await seal.run(heavy ? user : light, { ...program, argv, binds: shown, signal });
      if (command && run.stderr[0] === SEALED) return { ...run, stderr: run.stderr.subarray(1) };
      const stderr = run.stderr.toString();
      if (run.exitCode === SEAL_FAILED && stderr.startsWith("bwrap: ")) {
        throw notBegun("The seal failed to start. Try again.", { stderr });
      }
      return run;
    },
    // bubblewrap's child outlives it when it is killed in its first moments; its control group does not. Once until it
    // is opened again: nobody else starts commands here, and our own diff runs in that group by then.
    close: async () => {
      if (cgroups === null) return;
      closed ??= emptyGroup(cgroups, id).catch((error) => {
        closed = null;
        throw error;
      });
      await closed;
    },
    reopen: async () => {
      closed = null;
    },
    // Without its box there is nothing to seal in. A seal can fail for want of memory too: that alone proves nothing.
    stands: () => workspaces.stands(id),
    manifest: async () => readManifest(await workspaces.loadManifest(id)),
  };
}
