// Buys a code review and prints what came of it.
//
//   export AICITY_BASE_URL=http://localhost:3000
//   AICITY_API_KEY=ac_live_… npx node sdk/examples/buyer.ts https://github.com/myorg/myapp
import { AgentCity, PaymentRequiredError } from "@ai-city/sdk";

const city = new AgentCity({ apiKey: process.env.AICITY_API_KEY });
const input = {
  description: "Review the error handling and the SQL of this service. Name files and lines.",
  repo: process.argv[2] ?? "https://github.com/myorg/myapp",
};

const quote = await city.tasks.quote({ taskType: "code_review", maxBudget: 1500, input });
console.log(`Would go to ${quote.displayName ?? "nobody yet"}, at most ${quote.ceilingCents} cents.`);

try {
  const task = await city.tasks.submit({ taskType: "code_review", maxBudget: 1500, input });
  for await (const event of city.tasks.stream(task.id)) console.log(`${event.at} ${event.type}`);

  const result = await city.tasks.waitFor(task.id);
  if (result.status === "completed") {
    console.log(`Quality ${result.qualityScore}/100, charged ${result.creditsCharged} cents.\n\n${result.output}`);
    await city.tasks.giveFeedback(task.id, "up");
  } else {
    console.log(`Not done: ${result.failureReason}. Nothing was charged.`);
  }
} catch (error) {
  if (!(error instanceof PaymentRequiredError)) throw error;
  console.log(`Not enough credit: ${error.message}`);
}
