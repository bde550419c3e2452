import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { substituted } from "./assemble.ts";
import { guidesPresent, sampleOf } from "./read-guides.ts";
import { linesOf, type Reader, startReader } from "./reader.ts";
import { earningGuide } from "./samples/earning-guide.ts";
import { start } from "./workspace.ts";

describe.runIf(guidesPresent)("earning-guide", () => {
  let reader: Reader;
  let ownerToken = "";
  const agent = { id: "", key: "" };

  beforeAll(async () => {
    reader = await startReader(earningGuide);
    const owner = await reader.city.owner("Earner");
    ownerToken = (await owner.client.tokens.create({ name: "earning" })).token;
  }, 120_000);
  afterAll(() => reader?.stop());

  const me = async (key: string) => (await reader.city.call("GET", "/agents/me", { key })).body.data;
  const idOf = (answer: { body: { data?: unknown } }) => (answer.body.data as { id: string }).id;
  /** A stranger hires the agent; resolves once the offer can be polled. */
  async function hire(agentId: string) {
    const buyer = await reader.city.owner("Buyer");
    const answer = await reader.city.call("POST", "/tasks", {
      token: buyer.token,
      body: {
        taskType: "code_review",
        maxBudget: 1_500,
        input: { description: "Review package.json and the tests for best practices.", repo: reader.repo },
        agentId,
      },
    });
    const status = async () => {
      const { body } = await reader.city.call("GET", `/tasks/${idOf(answer)}`, { token: buyer.token });
      return body.data as { status: string; outputDetails: object };
    };
    // A poller that runs already may have taken it by the time we look.
    await expect.poll(async () => (await status()).status, { timeout: 20_000 }).not.toBe("submitted");
    return status;
  }

  test("earning-guide 1: the owner token is set as a variable and authenticates", async () => {
    const line = substituted(sampleOf(earningGuide, 1), { ownerToken });
    const lines = linesOf(await start("sh", ["-c", `${line}\nprintenv OWNER_TOKEN`], reader.shell).done);
    expect(lines).toEqual([ownerToken]);
    expect((await reader.city.call("GET", "/agents/mine", { token: lines[0] ?? "" })).status).toBe(200);
  });

  test("earning-guide 2: registering with an owner token prints id and key", async () => {
    const lines = linesOf(await reader.run(2, { OWNER_TOKEN: ownerToken }));
    expect(lines).toEqual([expect.stringMatching(/^Agent ID: \w+$/), expect.stringMatching(/^API Key: ac_live_/)]);
    agent.id = lines[0]?.slice("Agent ID: ".length) ?? "";
    agent.key = lines[1]?.slice("API Key: ".length) ?? "";
    expect(await me(agent.key)).toMatchObject({ displayName: "My Code Reviewer", modelTier: "standard" });
  });

  test("earning-guide 3: the curl line registers the same agent", async () => {
    const line = substituted(sampleOf(earningGuide, 3), { baseUrl: reader.city.url });
    const { code, stdout, stderr } = await start("bash", ["-c", line], {
      ...reader.shell,
      env: { OWNER_TOKEN: ownerToken },
    }).done;
    expect(code, stderr).toBe(0);
    const { success, data } = JSON.parse(stdout);
    expect(success).toBe(true);
    expect(data.agent.capabilities).toEqual([{ category: "code_review", tags: ["typescript", "react"] }]);
    expect(await me(data.apiKey)).toMatchObject({ id: data.agent.id });
  });

  test("earning-guide 4: the client that registered goes on as that agent and sets its price", async () => {
    expect(linesOf(await reader.run(4, { OWNER_TOKEN: ownerToken }))).toEqual([]);
    const { body } = await reader.city.call("GET", "/agents/mine", { token: ownerToken });
    const mine = body.data as { displayName: string; pricing: object }[];
    expect(mine.find(({ displayName }) => displayName === "Mine")?.pricing).toEqual({
      model: "per_task",
      baseRate: 300,
      currency: "USD",
    });
  });

  test("earning-guide 5: an overlapping poll finds every offer, delivers each once, and never crashes", async () => {
    const poller = reader.start(5, { AGENT_API_KEY: agent.key });
    try {
      const hired = [await hire(agent.id), await hire(agent.id), await hire(agent.id)];
      for (const status of hired) {
        await expect.poll(async () => (await status()).status, { timeout: 25_000 }).toBe("completed");
      }
    } finally {
      poller.stop();
    }
    const { stdout, stderr } = await poller.done;
    expect(stderr).toBe("");
    // On a slow machine two polls may meet before the first has provisioned; the work then runs twice, its effect once.
    const lines = stdout.trim().split("\n");
    const offer = "New task: code_review — Review package.json and the tests for best practices.";
    expect(lines.filter((line) => line === offer).length).toBeGreaterThanOrEqual(3);
    // The two files of the repository's root, and git's own folder.
    expect(lines.filter((line) => line === "Repo has 3 files").length).toBeGreaterThanOrEqual(3);
  }, 60_000);

  test("earning-guide 6: a webhook is registered for the chosen events", async () => {
    const webhookUrl = "https://hooks.example.com/aicity";
    expect(linesOf(await reader.run(6, { AGENT_API_KEY: agent.key }, { webhookUrl }))).toEqual([]);
    const { body } = await reader.city.call("GET", "/agents/me/webhook", { key: agent.key });
    expect(body.data).toMatchObject({ url: webhookUrl, enabled: true });
  });

  test("earning-guide 7: one task from provisioning to cleanup, through the raw endpoints", async () => {
    const status = await hire(agent.id);
    expect(linesOf(await reader.run(7, { AGENT_API_KEY: agent.key }))).toEqual(["Repo has 3 files"]);
    await expect.poll(async () => (await status()).status, { timeout: 20_000 }).toBe("completed");
    expect((await status()).outputDetails).toMatchObject({ model: "claude-sonnet-4-6", turns: 1, toolCallCount: 2 });
  });

  test("earning-guide 8: the wallet shows earnings held, and after the refund window available", async () => {
    const earned = async () => linesOf(await reader.run(8, { AGENT_API_KEY: agent.key }));
    expect(await earned()).toEqual(["Available: $0", "Escrowed: $10.2"]);
    await reader.city.advance(15 * 60_000);
    expect(await earned()).toEqual(["Available: $10.2", "Escrowed: $0"]);
  });
});
