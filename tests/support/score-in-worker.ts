/** Scores one output after another in a thread of its own, where neither its time nor its memory can run away. */
import { parentPort, Worker } from "node:worker_threads";
import { scoreOutput } from "#server/quality/score-output.ts";
import type { GateInput } from "#server/quality/verdict.ts";
import { HOSTILE_TREE } from "./hostile-outputs.ts";

export type Scored = { cpuMs: number; verdictBytes: number };
export type Scoring = Omit<GateInput, "tree"> & { inTree: boolean };

export class Scorer {
  private readonly worker: Worker;

  constructor(maxMegabytes: number) {
    this.worker = new Worker(new URL(import.meta.url), { resourceLimits: { maxOldGenerationSizeMb: maxMegabytes } });
  }

  /** Rejects when the thread ends for want of memory. */
  score(input: Scoring): Promise<Scored> {
    return new Promise((resolve, reject) => {
      this.worker.removeAllListeners().once("error", reject).once("message", resolve);
      this.worker.postMessage(input);
    });
  }

  end(): Promise<number> {
    return this.worker.terminate();
  }
}

parentPort?.on("message", async ({ inTree, ...input }: Scoring) => {
  const started = process.threadCpuUsage();
  const verdict = await scoreOutput({ ...input, tree: inTree ? HOSTILE_TREE : null });
  const used = process.threadCpuUsage(started);
  const scored: Scored = { cpuMs: (used.user + used.system) / 1_000, verdictBytes: JSON.stringify(verdict).length };
  parentPort?.postMessage(scored);
});
