import type { AgentRunner } from "@ai-city/sdk";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { guidesPresent } from "./read-guides.ts";
import { linesOf, type Reader, startReader } from "./reader.ts";
import { REVIEW } from "./review.ts";
import { buyerGuide } from "./samples/buyer-guide.ts";

/** One reader goes through the guide from top to bottom; later samples use what earlier ones made. */
describe.runIf(guidesPresent)("buyer-guide", () => {
  let reader: Reader;
  let runner: AgentRunner;
  const riley = { sessionToken: "", apiKey: "", env: {} as Record<string, string> };
  let sellerId = "";

  beforeAll(async () => {
    reader = await startReader(buyerGuide);
    const seller = await (await reader.city.owner("Seller")).agent({
      displayName: "Ada",
      capabilities: [{ category: "code_review", tags: [] }],
    });
    sellerId = seller.id;
    runner = seller.client.agents.serve({ pollInterval: 50, onTask: async () => ({ result: REVIEW }) });
  }, 120_000);
  afterAll(async () => {
    await runner?.stop();
    await reader?.stop();
  });

  /** A task of Riley's that the seller has delivered and the gate has passed. */
  async function completedTask(): Promise<string> {
    const { body } = await reader.city.call("POST", "/tasks", {
      key: riley.apiKey,
      body: { taskType: "code_review", maxBudget: 400, input: { description: "Review auth.", repo: reader.repo } },
    });
    const { id } = body.data as { id: string };
    await expect.poll(() => statusOf(id), { timeout: 20_000 }).toBe("completed");
    return id;
  }
  async function statusOf(id: string): Promise<string> {
    const { body } = await reader.city.call("GET", `/tasks/${id}`, { key: riley.apiKey });
    return (body.data as { status: string }).status;
  }

  test("buyer-guide 4: sign-up and sign-in answer with a token where the guide looks for it", async () => {
    const [token = ""] = linesOf(await reader.run(4, {}));
    expect(token).toMatch(/^acs_/);
    riley.sessionToken = token;
  });

  test("buyer-guide 5: registering prints the agent's id and key", async () => {
    const lines = linesOf(await reader.run(5, {}, { sessionToken: riley.sessionToken }));
    expect(lines).toEqual([expect.stringMatching(/^Agent ID: \w+$/), expect.stringMatching(/^API Key: ac_live_/)]);
    riley.apiKey = lines[1]?.slice("API Key: ".length) ?? "";
    riley.env = { AICITY_API_KEY: riley.apiKey };
  });

  test("buyer-guide 6: the key authenticates, and the base URL comes from the environment", async () => {
    expect(linesOf(await reader.run(6, riley.env))).toEqual([
      "Authenticated as: Riley's Code Review Buyer",
      "Trust tier: provisional",
    ]);
  });

  test("buyer-guide 7: the search finds the seller and prints its profile", async () => {
    expect(linesOf(await reader.run(7, riley.env))).toEqual([
      "Found 1 agents",
      " Ada — custom, score: 450, tier: provisional",
    ]);
  });

  test("buyer-guide 8: submitting prints the task with status submitted", async () => {
    const [line = ""] = linesOf(await reader.run(8, riley.env));
    expect(line).toMatch(/^Task submitted: \w+, status: submitted$/);
    const id = line.slice("Task submitted: ".length).split(",")[0] ?? "";
    await expect.poll(() => statusOf(id), { timeout: 20_000 }).toBe("completed");
  });

  test("buyer-guide 9: polling a completed task prints output, quality and charge", async () => {
    const lines = linesOf(await reader.run(9, { ...riley.env, TASK_ID: await completedTask() }));
    expect(lines[0]).toBe(`Output: ${REVIEW.split("\n")[0]}`);
    expect(lines.at(-2)).toMatch(/^Quality: ([5-9]\d|100)$/);
    expect(lines.at(-1)).toBe("Charged: 300 cents");
  });

  test("buyer-guide 10: thumbs-up is recorded", async () => {
    const id = await completedTask();
    expect(linesOf(await reader.run(10, { ...riley.env, TASK_ID: id }))).toEqual([]);
    const { body } = await reader.city.call("GET", `/tasks/${id}`, { key: riley.apiKey });
    expect(body.data).toMatchObject({ feedback: "up", status: "completed" });
  });

  test("buyer-guide 11: a dispute is filed and shows on the task", async () => {
    const id = await completedTask();
    expect(linesOf(await reader.run(11, { ...riley.env, TASK_ID: id }))).toEqual([]);
    const { body } = await reader.city.call("GET", `/tasks/${id}`, { key: riley.apiKey });
    expect(body.data).toMatchObject({ dispute: { status: "open", reason: "quality_below_spec" } });
  });

  test("buyer-guide 12: quality, charge and time of a completed task; reason of a failed one", async () => {
    const lines = linesOf(await reader.run(12, { ...riley.env, TASK_ID: await completedTask() }));
    expect(lines.slice(-3)).toEqual([
      expect.stringMatching(/^Quality: \d+\/100$/),
      "Credits charged: 300 cents",
      expect.stringMatching(/^Execution time: \d+ms$/),
    ]);
    const { body } = await reader.city.call("POST", "/tasks", {
      key: riley.apiKey,
      body: { taskType: "design", maxBudget: 50, input: { description: "Nobody here draws." } },
    });
    const { id } = body.data as { id: string };
    await reader.city.call("POST", `/tasks/${id}/cancel`, { key: riley.apiKey, body: {} });
    expect(linesOf(await reader.run(12, { ...riley.env, TASK_ID: id }))).toEqual([
      "Task failed: cancelled",
      expect.stringMatching(/^Error: ./),
    ]);
  });

  test("buyer-guide 13: the whole flow submits, waits, prints the result and rates it", async () => {
    const lines = linesOf(await reader.run(13, riley.env));
    const id = lines[0]?.slice("Submitted: ".length) ?? "";
    expect(lines[1]).toMatch(/^Done! Quality: \d+\/100$/);
    expect(lines[2]).toBe("Result:");
    expect(lines.at(-1)).toBe("Charged: 300 cents");
    const { body } = await reader.city.call("GET", `/tasks/${id}`, { key: riley.apiKey });
    expect(body.data).toMatchObject({ feedback: "up", agentId: sellerId });
  });

  test.each([
    ["ValidationError", { maxBudget: 1 }, /^Invalid input: maxBudget/],
    ["AuthenticationError", { key: "ac_live_wrong" }, /^Bad API key — check AICITY_API_KEY$/],
    ["ForbiddenError", { hire: "a sibling" }, /^Not authorized for this action$/],
  ])("buyer-guide 14: %s is caught as the guide catches it", async (_, { maxBudget, key, hire }: Mistake, printed) => {
    const sibling = hire
      ? await reader.city.call("POST", "/agents", {
          token: riley.sessionToken,
          body: { displayName: "Sibling", framework: "custom" },
        })
      : null;
    const agentId = (sibling?.body.data as { agent: { id: string } } | undefined)?.agent.id;
    const submission = `{ taskType: "code_review", maxBudget: ${maxBudget ?? 50}, input: { description: "Look." }${agentId ? `, agentId: "${agentId}"` : ""} }`;
    const lines = linesOf(await reader.run(14, { AICITY_API_KEY: key ?? riley.apiKey }, { submission }));
    expect(lines).toEqual([expect.stringMatching(printed)]);
  });
});

type Mistake = { maxBudget?: number; key?: string; hire?: string };

describe.runIf(guidesPresent)("buyer-guide, where calls are counted", () => {
  let reader: Reader;
  beforeAll(async () => {
    reader = await startReader(buyerGuide, { limits: { agent: 1 } });
  }, 120_000);
  afterAll(() => reader?.stop());

  test("buyer-guide 14: RateLimitError tells after how many seconds to try again", async () => {
    const agent = await (await reader.city.owner()).agent();
    await agent.client.agents.me();
    const [line = ""] = linesOf(await reader.run(14, { AICITY_API_KEY: agent.key }));
    expect(line).toMatch(/^Rate limited — retry after \d+s$/);
  });
});
