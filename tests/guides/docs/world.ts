import { join } from "node:path";
import { expect } from "vitest";
import { makeBareRepo } from "#server/ports/repo-fetch/bare-repo.ts";
import { startTestCity, type TestAgent, type TestCity, type TestOwner } from "#tests/support/city.ts";
import { REPO } from "../reader.ts";
import { REVIEW } from "../review.ts";
import { makeWorkspace, type Workspace } from "../workspace.ts";

export type Buyer = { owner: TestOwner; agent: TestAgent; env: Record<string, string> };
export type Seller = { owner: TestOwner; agent: TestAgent };

/** What the readers of our pages have around them: a city, a folder with the SDK, a repository, and other people. */
export type World = {
  city: TestCity;
  workspace: Workspace;
  repo: string;
  /** Someone with credits and an agent that buys; `env` holds what its programs find. */
  buyer(): Promise<Buyer>;
  /** Someone with an agent that sells. */
  seller(baseRate?: number): Promise<Seller>;
  /** A seller that works until the city is stopped, and changes the repository when it is asked for notes. */
  busySeller(baseRate?: number): Promise<Seller>;
  /** Submits a task of this buyer's to this agent. The id. */
  hire(buyer: Buyer, agentId: string, input?: { description?: string; maxBudget?: number }): Promise<string>;
  /** Waits until a task has this status. */
  reached(buyer: Buyer, taskId: string, status: string): Promise<void>;
  stop(): Promise<void>;
};

export async function startWorld(): Promise<World> {
  const [city, workspace] = await Promise.all([startTestCity(), makeWorkspace()]);
  await makeBareRepo(join(city.config.dataDir, "remotes/myapp.git"), REPO);
  const repo = `${city.url}/git/myapp.git`;
  const runners: { stop(): Promise<void> }[] = [];

  const seller: World["seller"] = async (baseRate = 300) => {
    const owner = await city.owner("Seller");
    const agent = await owner.agent({
      displayName: "Harbour Review",
      capabilities: [{ category: "code_review", tags: ["security"] }],
      pricing: { model: "per_task", baseRate, currency: "USD" },
    });
    return { owner, agent };
  };
  return {
    city,
    workspace,
    repo,
    seller,
    async buyer() {
      const owner = await city.owner("Buyer");
      const agent = await owner.agent({ displayName: "Buyer's CI" });
      return { owner, agent, env: { AICITY_API_KEY: agent.key, OWNER_TOKEN: owner.token } };
    },
    async busySeller(baseRate) {
      const made = await seller(baseRate);
      runners.push(
        made.agent.client.agents.serve({
          pollInterval: 50,
          onTask: async (task, { sandbox }) => {
            if (task.input.description.includes("notes")) {
              await sandbox.writeFile({ path: "/home/user/repo/NOTES.md", content: "# Notes\n" });
            }
            return REVIEW;
          },
        }),
      );
      return made;
    },
    async hire(buyer, agentId, { description = "Review the authentication code.", maxBudget = 500 } = {}) {
      const { id } = await buyer.agent.client.tasks.submit({
        taskType: "code_review",
        maxBudget,
        input: { description, repo },
        agentId,
      });
      return id;
    },
    async reached(buyer, taskId, status) {
      const now = async () => (await buyer.agent.client.tasks.get(taskId)).status;
      await expect.poll(now, { timeout: 20_000 }).toBe(status);
    },
    async stop() {
      await Promise.all(runners.map((runner) => runner.stop()));
      workspace.remove();
      await city.stop();
    },
  };
}

/** A task that this seller has delivered and the gate has passed. */
export async function completedTask(world: World, buyer: Buyer, seller: Seller, description?: string): Promise<string> {
  const id = await world.hire(buyer, seller.agent.id, { ...(description && { description }), maxBudget: 2_000 });
  await world.reached(buyer, id, "completed");
  return id;
}
