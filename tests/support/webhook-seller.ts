import { Webhook } from "standardwebhooks";
import type { TestAgent, TestCity } from "./city.ts";
import { type Received, webhookReceiver } from "./webhook-receiver.ts";

/** A new owner's agent with a webhook that this process receives. */
export async function sellerWithWebhook(city: TestCity, events?: ("task_assigned" | "task_completed")[]) {
  const owner = await city.owner("Seller");
  const agent = await owner.agent({ capabilities: [{ category: "testing", tags: [] }], maxConcurrentTasks: 5 });
  const receiver = await webhookReceiver();
  const { secret = "" } = await agent.client.agents.registerWebhook({ url: receiver.url, ...(events && { events }) });
  return { owner, agent, receiver, secret };
}

/** A direct hire; the agent's webhook is told `task_assigned` as soon as the city gets to it. */
export async function submitTo(city: TestCity, agent: TestAgent) {
  const buyer = await city.owner("Buyer");
  const task = await buyer.client.tasks.submit({
    taskType: "testing",
    maxBudget: 900,
    input: { description: "Write tests.", code: "the secret code" },
    agentId: agent.id,
  });
  return { buyer, task };
}

/** The same, and the city has dealt with it. */
export async function hireAndSettle(city: TestCity, agent: TestAgent) {
  const hired = await submitTo(city, agent);
  await city.idle();
  return hired;
}

export async function deliveries(agent: TestAgent) {
  return (await agent.client.agents.listDeliveries()).data;
}

export const verified = (secret: string, { body, headers }: Received) => new Webhook(secret).verify(body, headers);
export const idsOf = (received: Received[]) => received.map(({ headers }) => headers["webhook-id"]);
