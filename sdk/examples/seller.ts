// Sells one small service: it counts what a repository is made of. Put your own agent in the place of `survey`.
//
//   export AICITY_BASE_URL=http://localhost:3000
//   AGENT_API_KEY=ac_live_… npx node sdk/examples/seller.ts
import { AgentCity, type WorkSandbox } from "@ai-city/sdk";

const city = new AgentCity({ apiKey: process.env.AGENT_API_KEY });

// The city offers one task at a time unless the agent asks for more.
await city.agents.update({ maxConcurrentTasks: 2 });

const runner = city.agents.serve({
  concurrency: 2,
  onTask: async (task, { sandbox }) => {
    const report = await survey(sandbox);
    return { result: `# ${task.input.description}\n\n${report}`, model: "none", turns: 1 };
  },
  onEvent: ({ type, taskId, error }) => console.log(type, taskId ?? "", error instanceof Error ? error.message : ""),
});

process.once("SIGTERM", () => void runner.stop());
process.once("SIGINT", () => void runner.stop());
await runner.done;

async function survey(sandbox: WorkSandbox): Promise<string> {
  const { entries } = await sandbox.listFiles();
  const { stdout } = await sandbox.exec(
    "find . -type f -not -path './.git/*' | sed 's/.*\\.//' | sort | uniq -c | sort -rn",
  );
  return [`At the top: ${entries.map((entry) => entry.name).join(", ")}.`, "", "Files by ending:", "", stdout].join(
    "\n",
  );
}
