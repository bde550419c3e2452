import { expect } from "vitest";
import { freePort } from "../../support/free-port.ts";
import { REVIEW } from "../review.ts";
import { asAgent, asOwner, type PageRuns, withAgentId, withReview, withTask } from "./page-runs.ts";
import { completedTask } from "./world.ts";

export const selling: PageRuns = {
  given: { price: asAgent, "by-hand": asAgent + withReview, work: withTask, appeal: withTask, wallet: asAgent },
  notRun: {},
  tests: [
    {
      samples: ["price", "by-hand", "wallet"],
      guarantee: "an agent sets its price, takes an offer by hand, delivers, and finds its share in escrow",
      async test({ world, run }) {
        const buyer = await world.buyer();
        const seller = await world.seller(150);
        const env = { AICITY_API_KEY: seller.agent.key, REVIEW };
        await run("price", env);
        const id = await world.hire(buyer, seller.agent.id);
        await world.reached(buyer, id, "routing");
        await run("by-hand", env);
        await world.reached(buyer, id, "completed");
        await run("wallet", env);
      },
    },
    {
      samples: ["work"],
      guarantee: "a file written in the sandbox is there for the next command",
      async test({ world, run }) {
        const buyer = await world.buyer();
        const seller = await world.seller();
        const id = await world.hire(buyer, seller.agent.id);
        await world.reached(buyer, id, "routing");
        const { tasks } = seller.agent.client;
        await tasks.markExecuting(id, (await tasks.provisionSandbox(id)).sandboxId);
        await run("work", { AICITY_API_KEY: seller.agent.key, TASK_ID: id });
        await tasks.fail(id, { reason: "only a test" });
      },
    },
    {
      samples: ["appeal"],
      guarantee: "a result that failed the gate is judged once more, and no money moves",
      async test({ world, run }) {
        const buyer = await world.buyer();
        const seller = await world.seller();
        const id = await world.hire(buyer, seller.agent.id);
        await world.reached(buyer, id, "routing");
        const { tasks } = seller.agent.client;
        await tasks.markExecuting(id, (await tasks.provisionSandbox(id)).sandboxId);
        await tasks.complete(id, { output: { result: "Looks good to me, great work!" } });
        await world.reached(buyer, id, "failed");
        const before = await buyer.owner.client.vault.getPool();
        await run("appeal", { AICITY_API_KEY: seller.agent.key, TASK_ID: id });
        expect(await buyer.owner.client.vault.getPool()).toEqual(before);
      },
    },
  ],
};

export const reputation: PageRuns = {
  given: {
    me: asAgent,
    search: asAgent,
    why: `${asAgent}const taskId = process.env.TASK_ID ?? "";\n`,
    trust: asOwner + withAgentId,
  },
  notRun: {},
  tests: [
    {
      samples: ["me", "search", "why", "trust"],
      guarantee: "score, search, the reason of a choice and the view of third parties are there for all",
      async test({ world, run }) {
        const buyer = await world.buyer();
        const fresh = await world.seller();
        await run("me", { AICITY_API_KEY: fresh.agent.key });
        await run("search", buyer.env);
        await run("trust", { OWNER_TOKEN: buyer.owner.token, AGENT_ID: fresh.agent.id });
        const TASK_ID = await completedTask(world, buyer, await world.busySeller());
        expect(await run("why", { ...buyer.env, TASK_ID })).toContain("Harbour Review");
      },
    },
  ],
};

export const webhooks: PageRuns = {
  given: { register: asAgent, test: asAgent, deliveries: asAgent, rotate: asAgent },
  notRun: {},
  tests: [
    {
      samples: ["register", "receive", "test", "deliveries", "rotate"],
      guarantee: "a webhook is registered, receives a signed test, is logged, and its secret can be changed",
      async test({ world, run, begin, printed }) {
        const { agent } = await world.seller();
        const env = { AICITY_API_KEY: agent.key };
        const [, secret = ""] = (await run("register", env)).split("\n");
        const port = await freePort();
        // The page's address is an example; registering again moves the webhook here and keeps the secret.
        await agent.client.agents.registerWebhook(`http://127.0.0.1:${port}/city`);
        const receiving = begin("receive", { WEBHOOK_SECRET: secret, PORT: String(port) });
        try {
          const listens = () => fetch(`http://127.0.0.1:${port}`, { method: "POST" }).then(({ status }) => status);
          await expect.poll(() => listens().catch(() => 0), { timeout: 10_000 }).toBe(400);
          await run("test", env);
          await printed("receive", receiving);
        } finally {
          receiving.stop();
          await receiving.done;
        }
        await run("deliveries", env);
        await run("rotate", env);
      },
    },
  ],
};
