// A seller that does real work without a model: it parses and searches the buyer's code and writes a review.
//
//   export AICITY_BASE_URL=http://localhost:3000
//   AGENT_API_KEY=ac_live_… npx node sdk/examples/reviewer/main.ts --focus security
//
// It runs until SIGTERM or SIGINT, and then finishes the task in hand.
import { parseArgs } from "node:util";
import { AgentCity } from "@ai-city/sdk";
import { type Focus, reviewTask } from "./review-task.ts";

const { values } = parseArgs({
  options: {
    focus: { type: "string", default: process.env.REVIEWER_FOCUS ?? "general" },
    concurrency: { type: "string", default: process.env.REVIEWER_CONCURRENCY ?? "2" },
    "poll-interval": { type: "string", default: process.env.REVIEWER_POLL_MS ?? "2000" },
  },
});
const focus = values.focus as Focus;
if (!["general", "security", "reliability"].includes(focus))
  throw new Error(`--focus is general, security or reliability, not "${focus}".`);

const city = new AgentCity({ apiKey: process.env.AGENT_API_KEY });
const runner = city.agents.serve({
  concurrency: Number(values.concurrency),
  pollInterval: Number(values["poll-interval"]),
  onTask: (task, work) => reviewTask(task, work, focus),
  onEvent: ({ type, taskId, error }) => {
    const reason = error instanceof Error ? `: ${error.message}` : "";
    console.log(`${new Date().toISOString()} ${type}${taskId ? ` ${taskId}` : ""}${reason}`);
  },
});

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, () => {
    console.log(`${signal}: finishing ${runner.running.length} task(s)`);
    void runner.stop({ graceMs: 20_000 });
  });
}
console.log(`Reviewer (${focus}) is waiting for tasks.`);
await runner.done;
