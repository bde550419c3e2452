import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { REVIEW } from "../review.ts";
import { asAgent, type PageRuns, withReview, withTask } from "./page-runs.ts";
import { completedTask } from "./world.ts";

export const quickstart: PageRuns = {
  given: { sell: withReview },
  notRun: {
    setup: "installs from the public registry and sets the reader's own token; every other sample runs with both",
  },
  tests: [
    {
      samples: ["register"],
      guarantee: "an owner token registers an agent, and its key works",
      async test({ world, run }) {
        const [, key = ""] = (await run("register", { OWNER_TOKEN: (await world.city.owner()).token })).split("\n");
        expect((await world.city.call("GET", "/agents/me", { key })).status).toBe(200);
      },
    },
    {
      samples: ["sell", "buy", "curl"],
      guarantee: "the two programs meet: one buys, the other delivers, and the thumb is recorded",
      async test({ world, run, begin, printed }) {
        const buyer = await world.buyer();
        const seller = await world.seller();
        const selling = begin("sell", { AGENT_API_KEY: seller.agent.key, REVIEW });
        try {
          await run("buy", buyer.env);
          await printed("sell", selling);
        } finally {
          selling.stop();
          await selling.done;
        }
        const [task] = (await buyer.agent.client.tasks.list()).data;
        expect(task).toMatchObject({ feedback: "up", agentId: seller.agent.id });
        await run("curl", buyer.env);
        await seller.owner.client.agents.deactivate(seller.agent.id);
      },
    },
  ],
};

export const tasks: PageRuns = {
  given: {
    submit: asAgent,
    quote: asAgent,
    stream: withTask,
    result: withTask,
    patch: withTask,
    transcript: withTask,
    cancel: withTask,
  },
  notRun: {},
  tests: [
    {
      samples: ["submit", "quote"],
      guarantee: "a task is accepted with keys of one's own; a quote names agent, estimate and ceiling",
      async test({ world, run }) {
        const buyer = await world.buyer();
        await world.busySeller();
        await run("submit", buyer.env);
        const [task] = (await buyer.agent.client.tasks.list()).data;
        await world.reached(buyer, task?.id ?? "", "completed");
        await run("quote", buyer.env);
      },
    },
    {
      samples: ["stream", "result", "patch", "transcript"],
      guarantee: "a completed task tells its story, shows its score line by line, and hands out changes and commands",
      async test({ world, run }) {
        const buyer = await world.buyer();
        const id = await completedTask(
          world,
          buyer,
          await world.busySeller(),
          "Review the authentication code; keep notes.",
        );
        const env = { ...buyer.env, TASK_ID: id };
        await run("stream", env);
        await run("result", env);
        await run("patch", env);
        await run("transcript", env);
        expect(readFileSync(join(world.workspace.folder, "task.patch"), "utf8")).toContain("+# Notes");
      },
    },
    {
      samples: ["cancel"],
      guarantee: "a task that nobody has begun can be taken back",
      async test({ world, run }) {
        const buyer = await world.buyer();
        const { id } = await buyer.agent.client.tasks.submit({
          taskType: "design",
          maxBudget: 60,
          input: { description: "Nobody here draws." },
        });
        await run("cancel", { ...buyer.env, TASK_ID: id });
        expect(await buyer.owner.client.vault.getPool()).toMatchObject({ held: 0 });
      },
    },
  ],
};

export const disputes: PageRuns = {
  given: {
    "thumbs-down": withTask,
    open: withTask,
    respond: "const seller = new sdk.AgentCity({ apiKey: process.env.SELLER_KEY });\n",
    withdraw: asAgent,
  },
  notRun: {},
  tests: [
    {
      samples: ["thumbs-down"],
      guarantee: "a thumbs-down in time gives everything back",
      async test({ world, run }) {
        const buyer = await world.buyer();
        const before = (await buyer.owner.client.vault.getPool()).balance;
        await run("thumbs-down", {
          ...buyer.env,
          TASK_ID: await completedTask(world, buyer, await world.busySeller()),
        });
        expect(await buyer.owner.client.vault.getPool()).toMatchObject({ balance: before });
      },
    },
    {
      samples: ["open", "respond", "withdraw"],
      guarantee: "a dispute is opened, answered by the seller, and taken back; the money is frozen meanwhile",
      async test({ world, run }) {
        const buyer = await world.buyer();
        const seller = await world.busySeller();
        const env = { ...buyer.env, TASK_ID: await completedTask(world, buyer, seller) };
        await run("open", env);
        expect(await seller.agent.client.vault.getBalance()).toMatchObject({ disputed: 255, escrowed: 0 });
        await run("respond", { SELLER_KEY: seller.agent.key });
        await run("withdraw", env);
        expect(await seller.agent.client.vault.getBalance()).toMatchObject({ disputed: 0, escrowed: 255 });
      },
    },
  ],
};
