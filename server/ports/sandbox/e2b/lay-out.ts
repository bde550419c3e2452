import type { FetchedRepo } from "../../repo-fetch.ts";
import type { SandboxLimits } from "../../sandbox.ts";
import { GIT_ENVIRONMENT, LAY_OUT } from "../sealed/git-scripts.ts";
import { layOutFailure } from "../sealed/lay-out-failure.ts";
import { type LaidOut, readLayOut } from "../sealed/manifest.ts";
import type { Program } from "../sealed/program.ts";
import type { RemoteSeal } from "./remote-seal.ts";

/** Bytes of printed file list that are taken in. */
const MAX_LIST_BYTES = 32 * 1024 * 1024;

/**
 * Unpacks the source inside the seal, where a hostile pack meets no network and no right, and answers what the pristine
 * tree holds. @throws RepoUnavailable with a sentence for the buyer.
 */
export async function layOut(
  seal: RemoteSeal,
  { pack, commit }: FetchedRepo,
  limits: SandboxLimits,
  deadline: number,
): Promise<LaidOut> {
  const program: Program = {
    binds: [{ part: "box", to: "/box", writable: true }],
    argv: ["sh", "-c", LAY_OUT, "sh", commit, "--strict"],
    env: GIT_ENVIRONMENT,
    input: pack,
    timeoutMs: Math.max(1, Math.round(deadline - performance.now())),
    outputBytes: MAX_LIST_BYTES,
  };
  const run = await seal.run(program, limits, "ours");
  if (run.exitCode !== 0 || run.truncated) throw layOutFailure(run);
  return readLayOut(run.stdout.toString());
}
