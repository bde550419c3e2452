import { RepoUnavailable } from "../../sandbox.ts";
import type { ProgramRun } from "./program.ts";

/** Why a fetched source could not be laid out, as a sentence for the buyer. The details stay in `cause`, for the log. */
export function layOutFailure(run: ProgramRun): Error {
  const stderr = run.stderr.toString();
  const cause = new Error(stderr.slice(0, 1000) || `exit code ${run.exitCode}`);
  if (run.timedOut) return new RepoUnavailable("Laying out the repository took too long.", { cause });
  if (run.truncated) return new RepoUnavailable("The repository has too many files.", { cause });
  if (/No space left|File too large|pack exceeds/.test(stderr)) {
    return new RepoUnavailable("The repository is too large, or has too many files.", { cause });
  }
  if (run.exitCode === 137 || /out of memory|unable to allocate|Killed/i.test(stderr)) {
    return new RepoUnavailable("Unpacking the repository needs too much memory.", { cause });
  }
  // bubblewrap itself, not the repository, is at fault.
  if (stderr.startsWith("bwrap: ") || run.exitCode === 125) return new Error("The seal failed to start.", { cause });
  return new RepoUnavailable("The repository contains objects or paths that git refuses.", { cause });
}
