import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { AgentCity } from "@ai-city/sdk";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { routes } from "#server/rest/routes.ts";
import { startTestCity, type TestCity } from "#tests/support/city.ts";
import { apiDocument, documentedFetch, seen } from "#tests/support/documented.ts";
import { prismVerdict, startPrism } from "#tests/support/prism-proxy.ts";
import { FILE, REVIEW } from "#tests/support/work.ts";

/**
 * The whole contract suite runs through Prism with CONTRACT_PROXY=prism (`npm run test:contract`). Here is what each run
 * of the tests has of it: the proxy can say no, and one task's whole life has its blessing.
 */
const REQUEST_ID = `req_${"0".repeat(32)}`;

describe("Prism refuses what the document does not say", () => {
  let api: Server;
  let prism: Awaited<ReturnType<typeof startPrism>>;
  let next: { status: number; body: unknown; headers: Record<string, string> };
  const wallet = { available: 1, escrowed: 2, disputed: 3, debt: 4, lifetimeEarned: 5 };
  const asAgent = { headers: { "x-api-key": "ac_live_x" } };

  beforeAll(async () => {
    api = createServer((_, response) => {
      response.writeHead(next.status, {
        "content-type": "application/json",
        "x-request-id": REQUEST_ID,
        ...next.headers,
      });
      response.end(JSON.stringify(next.body));
    });
    await new Promise<void>((resolve) => api.listen(0, "127.0.0.1", resolve));
    prism = await startPrism(apiDocument(), `http://127.0.0.1:${(api.address() as AddressInfo).port}/api/v1`);
  });
  afterAll(async () => {
    await prism?.close();
    api?.close();
  });

  async function verdict(answer: Partial<typeof next>, path = "/vault/balance", init: RequestInit = asAgent) {
    next = { status: 200, body: { success: true, data: wallet }, headers: {}, ...answer };
    const response = await fetch(prism.url + path, init);
    expect(response.status).toBe(next.status);
    return prismVerdict(response).join("; ");
  }

  test("an exchange as documented has its blessing", async () => {
    expect(await verdict({})).toBe("");
  });

  test.each<[string, Partial<typeof next>, RegExp]>([
    ["a success that is not listed", { status: 202 }, /^response: Unable to match the returned status code/],
    ["an error that is not listed", { status: 418 }, /^response: Unable to match the returned status code/],
    ["a field of the wrong type", { body: { success: true, data: { ...wallet, debt: "4" } } }, /debt must be integer/],
    ["a field that is missing", { body: { success: true, data: { available: 1 } } }, /required property 'escrowed'/],
    ["an answer without the envelope", { body: wallet }, /required property 'success'/],
    ["another media type", { headers: { "content-type": "text/plain" } }, /media type "text\/plain"/],
    ["no request id", { headers: { "x-request-id": "" } }, /x-request-id/],
  ])("%s in an answer", async (_, answer, complaint) => {
    expect(await verdict(answer)).toMatch(complaint);
  });

  test.each<[string, string, RequestInit, RegExp]>([
    ["no credential", "/vault/balance", {}, /Invalid security scheme/],
    ["a credential of another kind", "/vault/balance", { headers: { authorization: "Bearer x" } }, /Invalid security/],
    ["a page in words", "/agents?page=first", {}, /page must be integer/],
    ["an unknown category", "/agents?category=cooking", {}, /category must be equal to one of/],
  ])("%s in a request that was let pass", async (_, path, init, complaint) => {
    expect(await verdict({ body: { success: true, data: wallet } }, path, init)).toMatch(complaint);
    const refusal = { success: false, error: { code: "VALIDATION_ERROR", message: "No.", requestId: "r" } };
    expect(await verdict({ status: 400, body: refusal }, path, init)).toBe("");
  });

  test("a body that lacks a field, or has one too many, in a request that was let pass", async () => {
    const send = (body: object) => ({
      method: "POST",
      headers: { authorization: "Bearer x", "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const token = { id: "1", name: "a", display: "b", createdAt: "2026-03-14T09:26:53Z", lastUsedAt: null };
    const answer = { status: 201, body: { success: true, data: { ...token, expiresAt: null, token: "c" } } };
    expect(await verdict(answer, "/tokens", send({ name: "a" }))).toBe("");
    expect(await verdict(answer, "/tokens", send({}))).toMatch(/required property 'name'/);
    expect(await verdict(answer, "/tokens", send({ name: "a", admin: true }))).toMatch(/found 'admin'/);
  });

  // Prism takes a schema that its validator cannot compile for satisfied; so each must be seen to refuse something.
  test.each(routes.filter(({ rest }) => rest.shape !== "stream"))(
    "$method $path answered with nothing",
    async (route) => {
      const path = route.path.replace(/\{\w+\}/g, "x");
      const status = route.rest.status ?? 200;
      expect(await verdict({ status, body: {} }, path, { method: route.method })).toMatch(/response\.body/);
      expect(await verdict({ status: 401, body: {} }, path, { method: route.method })).toMatch(/response\.body/);
    },
  );

  test("what Prism objects to fails the calls of every contract test", async () => {
    const base = `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
    const client = new AgentCity({
      apiKey: "ac_live_x",
      baseUrl: base,
      fetch: documentedFetch(base, prism),
      retries: 0,
    });
    next = { status: 200, body: { success: true, data: wallet }, headers: {} };
    expect(await client.vault.getBalance()).toEqual(wallet);
    next = { ...next, headers: { "x-request-id": "" } };
    const before = seen.undocumented.length;
    await expect(client.vault.getBalance()).rejects.toThrow();
    expect(seen.undocumented.slice(before).join()).toMatch(/GET \/vault\/balance → 200: .*x-request-id/);
  });
});

describe("a city behind Prism", () => {
  let city: TestCity;
  beforeAll(async () => {
    city = await startTestCity({ prism: true });
  });
  afterAll(() => city?.stop());

  test("a task's whole life is as documented, requests and answers", async () => {
    const [buyer, seller] = [await city.owner("Buyer"), await city.owner("Seller")];
    const agent = await seller.agent({ capabilities: [{ category: "code_review", tags: [] }] });
    await agent.client.agents.registerWebhook({ url: "https://hooks.example.com/city", events: ["task_assigned"] });
    await agent.client.tasks.listSubmitted();
    const work = {
      taskType: "code_review" as const,
      maxBudget: 1_500,
      input: { description: "Review add for correctness.", files: [FILE] },
    };
    expect((await buyer.client.tasks.quote(work)).eligibleAgents).toBe(1);
    const { id } = await buyer.client.tasks.submit({ ...work, agentId: agent.id });
    await city.idle();
    const { sandboxId } = await agent.client.tasks.provisionSandbox(id);
    await agent.client.tasks.markExecuting(id, sandboxId);
    await agent.client.sandbox.listFiles(id);
    await agent.client.sandbox.readFile(id, "/home/user/repo/src/add.ts");
    await agent.client.sandbox.writeFile(id, { path: "/home/user/repo/notes.md", content: "Noted.\n" });
    await agent.client.sandbox.exec(id, "ls");
    await agent.client.tasks.complete(id, { output: { result: REVIEW } });
    await city.idle();
    expect((await buyer.client.tasks.get(id)).status).toBe("completed");
    await buyer.client.tasks.getPatch(id);
    await buyer.client.tasks.dispute(id, { reason: "incomplete", description: "Half of it is missing." });
    await buyer.client.tasks.giveFeedback(id, "down", "Not what I asked for.");
    for (const list of [
      buyer.client.tasks.list(),
      buyer.client.disputes.list(),
      buyer.client.vault.listTransactions(),
    ]) {
      expect((await list).data.length).toBeGreaterThan(0);
    }
    await agent.client.agents.listDeliveries();
    await expect(agent.client.tasks.get("nobody")).rejects.toMatchObject({ code: "TASK_NOT_FOUND" });
    expect(seen.throughPrism).toBeGreaterThan(20);
    expect(seen.undocumented.filter((problem) => !problem.includes("x-request-id"))).toEqual([]);
    // Forty calls, each through two servers, and a sandbox: seconds by themselves, more on a machine that is shared.
  }, 90_000);
});
