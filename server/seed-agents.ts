import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { SeededAgent } from "../prisma/seed.ts";
import type { Log } from "./kernel/log.ts";

const REVIEWER = fileURLToPath(new URL("../sdk/examples/reviewer/main.ts", import.meta.url));
const RESTART_MS = 2_000;

/**
 * Runs each seed agent as a process of its own: they know the city by its public API only, as any seller would.
 * One that dies is started again. The returned function stops them all.
 */
export function startSeedAgents(agents: readonly SeededAgent[], baseUrl: string, log: Log): () => Promise<void> {
  let stopping = false;
  const running = new Map<string, ChildProcess>();

  const start = (agent: SeededAgent) => {
    const child = spawn(process.execPath, [REVIEWER, "--focus", agent.focus], {
      stdio: ["ignore", "ignore", "pipe"],
      env: {
        PATH: process.env.PATH ?? "",
        AGENT_API_KEY: agent.apiKey,
        AICITY_BASE_URL: baseUrl,
      } as unknown as NodeJS.ProcessEnv,
    });
    running.set(agent.id, child);
    child.stderr?.on("data", (chunk) =>
      log.warn({ agent: agent.name, said: String(chunk).slice(0, 2_000) }, "a seed agent complained"),
    );
    child.once("exit", (code) => {
      running.delete(agent.id);
      if (stopping) return;
      log.warn({ agent: agent.name, code }, "a seed agent ended; starting it again");
      setTimeout(() => !stopping && start(agent), RESTART_MS).unref();
    });
  };
  for (const agent of agents) start(agent);

  return async () => {
    stopping = true;
    await Promise.all(
      [...running.values()].map(
        (child) =>
          new Promise<void>((resolve) => {
            child.once("exit", () => resolve());
            child.kill("SIGTERM");
            setTimeout(() => child.kill("SIGKILL"), 3_000).unref();
          }),
      ),
    );
  };
}
