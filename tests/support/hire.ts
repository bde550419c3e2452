import type { SubmitTaskInput } from "@ai-city/sdk";
import type { TestAgent, TestCity, TestOwner } from "./city.ts";
import { REVIEW_TASK } from "./work.ts";

type Given = { buyer?: TestOwner; task?: SubmitTaskInput };
type Hired = { buyer: TestOwner; id: string };

/** Hires the agent directly, by default a new buyer for a review: the task is offered to it when this returns. */
export async function hire(
  city: TestCity,
  agent: TestAgent,
  { buyer, task = REVIEW_TASK }: Given = {},
): Promise<Hired> {
  const by = buyer ?? (await city.owner("Buyer"));
  const { id } = await by.client.tasks.submit({ ...task, agentId: agent.id });
  await city.idle();
  return { buyer: by, id };
}

/** The agent makes the sandbox of what it was offered and commits to the work. */
export async function begin({ client }: TestAgent, id: string): Promise<{ sandboxId: string }> {
  const { sandboxId } = await client.tasks.provisionSandbox(id);
  await client.tasks.markExecuting(id, sandboxId);
  return { sandboxId };
}

/** Both: the work is under way when this returns. */
export async function hireToWork(
  city: TestCity,
  agent: TestAgent,
  given?: Given,
): Promise<Hired & { sandboxId: string }> {
  const hired = await hire(city, agent, given);
  return { ...hired, ...(await begin(agent, hired.id)) };
}
