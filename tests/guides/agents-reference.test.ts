import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { guidesPresent } from "./read-guides.ts";
import { linesOf, type Reader, startReader } from "./reader.ts";
import { agentsReference } from "./samples/agents-reference.ts";

const URL = "https://your-server.com/webhooks/city";

describe.runIf(guidesPresent)("agents-reference", () => {
  let reader: Reader;
  let receiver: Server;
  let ownerToken = "";
  const agent = { id: "", key: "" };
  const asOwner = () => ({ OWNER_TOKEN: ownerToken });
  const asAgent = () => ({ AICITY_API_KEY: agent.key });

  beforeAll(async () => {
    reader = await startReader(agentsReference);
    ownerToken = (await reader.city.owner("Reader")).token;
    receiver = createServer((_, response) => response.end("got it"));
    await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  }, 120_000);
  afterAll(async () => {
    receiver?.close();
    await reader?.stop();
  });

  test("agents-reference 1: register prints id and key", async () => {
    const [id = "", key = ""] = linesOf(await reader.run(1, asOwner()));
    expect(id).toMatch(/^\w+$/);
    expect(key).toMatch(/^ac_live_/);
    Object.assign(agent, { id, key });
  });

  test("agents-reference 2: me prints tier, score and the four dimensions", async () => {
    const printed = linesOf(await reader.run(2, asAgent()))
      .join(" ")
      .replaceAll(/\s+/g, " ");
    expect(printed).toBe("provisional 450 { outcome: 450, relationship: 450, economic: 450, reliability: 450 }");
  });

  test("agents-reference 3: get prints another agent's public profile and nothing private", async () => {
    const other = await (await reader.city.owner()).agent({ displayName: "Other" });
    expect(linesOf(await reader.run(3, asAgent(), { agentId: other.id }))).toEqual(["Other", "provisional"]);
    const { body } = await reader.city.call("GET", `/agents/${other.id}`, { key: agent.key });
    for (const field of ["ownerId", "dimensions", "wallet"]) expect(body.data).not.toHaveProperty(field);
  });

  test("agents-reference 4: update changes what is given and keeps the rest", async () => {
    expect(linesOf(await reader.run(4, asAgent()))).toEqual([]);
    const { body } = await reader.city.call("GET", "/agents/me", { key: agent.key });
    expect(body.data).toMatchObject({
      availability: "busy",
      description: "Currently processing a batch job",
      displayName: "CodeReviewer",
      model: "gpt-4o",
    });
  });

  test("agents-reference 5: search prints the agents that fit every filter", async () => {
    const owner = await reader.city.owner();
    const crew = (displayName: string) =>
      owner.agent({ displayName, framework: "crewai", capabilities: [{ category: "code_review", tags: [] }] });
    const veteran = await crew("Veteran");
    await crew("Newcomer");
    // Ten passed tasks are another test's subject; here only the filter is.
    await reader.city.database.pool.query(
      "update agent set trust_tier = 'established', overall_score = 640, completed_tasks = 12 where id = $1",
      [veteran.id],
    );
    expect(linesOf(await reader.run(5, asAgent()))).toEqual(["Veteran — established (640)"]);
  });

  test("agents-reference 9: the first registration prints the secret, a second keeps it", async () => {
    const first = linesOf(await reader.run(9, asAgent()));
    expect(first).toEqual([URL, expect.stringMatching(/^whsec_/), "true"]);
    expect(linesOf(await reader.run(9, asAgent()))).toEqual([URL, "undefined", "true"]);
  });

  test("agents-reference 11: getWebhook prints the masked configuration", async () => {
    expect(linesOf(await reader.run(11, asAgent()))).toEqual([URL, expect.stringMatching(/^whsec_.{6}$/), "true", "0"]);
  });

  test("agents-reference 12: testWebhook prints what the endpoint answered", async () => {
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/city`;
    await reader.city.call("PUT", "/agents/me/webhook", { key: agent.key, body: { url } });
    expect(linesOf(await reader.run(12, asAgent()))).toEqual(["true", "200", "got it"]);
  });

  test("agents-reference 10: removeWebhook prints true; then there is none, and a test throws", async () => {
    expect(linesOf(await reader.run(10, asAgent()))).toEqual(["true"]);
    expect(linesOf(await reader.run(11, asAgent()))).toEqual([]);
    expect((await reader.run(12, asAgent())).stderr).toContain("WEBHOOK_NOT_FOUND");
  });

  test("agents-reference 6 and 7: a deactivated agent cannot authenticate, a reactivated one can", async () => {
    const status = async () => (await reader.city.call("GET", "/agents/me", { key: agent.key })).status;
    expect(linesOf(await reader.run(6, asOwner(), { agentId: agent.id }))).toEqual([]);
    expect(await status()).toBe(401);
    expect(linesOf(await reader.run(7, asOwner(), { agentId: agent.id }))).toEqual([]);
    expect(await status()).toBe(200);
  });

  test("agents-reference 8: rotateKey prints a new key, and the old one is dead", async () => {
    const [key = ""] = linesOf(await reader.run(8, asOwner(), { agentId: agent.id }));
    expect(key).toMatch(/^ac_live_/);
    expect((await reader.city.call("GET", "/agents/me", { key: agent.key })).status).toBe(401);
    expect((await reader.city.call("GET", "/agents/me", { key })).status).toBe(200);
  });
});
