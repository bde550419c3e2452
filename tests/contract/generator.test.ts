import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Route, routes } from "#server/rest/routes.ts";
import { fitting, misfitting } from "#tests/support/arbitrary.ts";
import { type CallOptions, startTestCity, type TestCity, type TestOwner } from "#tests/support/city.ts";
import { apiDocument, seen } from "#tests/support/documented.ts";
import { hireToWork } from "#tests/support/hire.ts";
import { violations } from "#tests/support/json-schema.ts";

/**
 * Requests made up from the API document. Every answer passes through the harness, which holds it against the document:
 * a status that is not listed or a body that is not true to its schema fails the test by itself.
 */
const RUNS = Number(process.env.GENERATOR_RUNS ?? 8);
type Schema = { [key: string]: unknown };
type Parameter = { name: string; in: string; schema: Schema };
type Operation = {
  parameters: Parameter[];
  requestBody?: { content: Record<string, { schema: Schema }> };
};

let city: TestCity;
let owner: TestOwner;
let credentials: Record<string, CallOptions>;
let operator: CallOptions;
/** Ids that lead somewhere, so that not every made-up call ends at 404. */
let ids: string[];
const requests = { fitting: 0, misfitting: 0, accepted: 0 };

beforeAll(async () => {
  city = await startTestCity({ settings: { auth: { maxAgentsPerOwner: 1e6 }, money: { starterCredits: 1e6 } } });
  owner = await city.owner();
  // The calls may rotate or deactivate agents that they know the id of; the caller is none of these.
  const [caller, known] = [await owner.agent(), await owner.agent()];
  const trustKey = (await owner.client.trust.createKey({ name: "generator" })).key;
  credentials = { owner: { token: owner.token }, agent: { key: caller.key }, trust: { trustKey } };
  const { id, token } = await city.owner();
  await city.database.prisma.owner.update({ where: { id }, data: { role: "operator" } });
  operator = { token };
  const { body } = await city.call("POST", "/tasks", {
    key: caller.key,
    body: { taskType: "design", maxBudget: 50, input: { description: "Draw." } },
  });
  ids = [known.id, (body.data as { id: string }).id];
});
afterAll(async () => {
  console.log(
    `generator: ${requests.fitting} fitting (${requests.accepted} carried out) and ${requests.misfitting} misfitting requests, ` +
      `${seen.answers} answers checked, ${seen.undocumented.length} undocumented`,
  );
  await city?.stop();
});

const operationOf = (route: Route) =>
  apiDocument().paths[route.path]?.[route.method.toLowerCase()] as unknown as Operation;
const bodyOf = (operation: Operation) => operation.requestBody?.content["application/json"]?.schema;
const querySchema = (operation: Operation): Schema => {
  const query = operation.parameters.filter((parameter) => parameter.in === "query");
  return { type: "object", properties: Object.fromEntries(query.map(({ name, schema }) => [name, schema])) };
};

async function send(route: Route, id: string, query: object, body: unknown, credential: CallOptions) {
  const path = route.path.replace(/\{\w+\}/g, () => encodeURIComponent(id));
  const search = new URLSearchParams(query as Record<string, string>).toString();
  return city.call(route.method, path + (search && `?${search}`), {
    ...credential,
    ...(body !== undefined && { body }),
  });
}

/** Whoever may call it. A public operation is called without any credential. */
function callerOf(route: Route): CallOptions {
  if (route.auth.includes("anonymous")) return {};
  if (route.operator) return operator;
  return credentials[route.auth.includes("owner") ? "owner" : (route.auth[0] as string)] ?? {};
}

const generated = routes.filter((route) => route.rest.shape !== "stream" && route.name !== "auth.signOut");

describe.each(generated)("$method $path", (route) => {
  const operation = operationOf(route);
  const body = bodyOf(operation);
  const query = querySchema(operation);
  /** A list, or what is the caller's own: there for the asking, whatever the made-up requests before it did. */
  const alwaysThere = route.method === "GET" && !route.path.includes("{");
  const bareRequest = { id: "", query: {}, body: undefined };
  const anyId = fc.oneof(
    fc.nat(1).map((index) => ids[index] ?? ""),
    fc.string({ minLength: 1, maxLength: 70 }),
  );

  test("a request that fits is never answered with a fault of the city's", async () => {
    const request = fc.record({
      id: anyId,
      query: fitting(query),
      body: body ? fitting(body) : fc.constant(undefined),
    });
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(request, async ({ id, query, body }) => {
        const { status } = await send(
          route,
          id === "." || id === ".." ? "x" : id,
          query as object,
          body,
          callerOf(route),
        );
        requests.fitting += 1;
        if (status < 300) accepted += 1;
        expect(status).toBeLessThan(500);
      }),
      { numRuns: RUNS, endOnFailure: true, examples: alwaysThere ? [[bareRequest]] : [] },
    );
    requests.accepted += accepted;
    if (alwaysThere) expect(accepted, "requests carried out").toBeGreaterThan(0);
  });

  test("a request that does not fit is refused as VALIDATION_ERROR", async () => {
    const wrong = body ? misfitting(body) : fc.constant(undefined);
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(wrong, async (body) => {
        if (body !== undefined && violations(body, bodyOf(operation) as Schema, {}).length === 0) return;
        const given = route.method === "GET" || route.method === "DELETE" ? { nobody_asked_for_this: "1" } : {};
        const nonsense =
          body ?? (route.method === "GET" || route.method === "DELETE" ? undefined : { nobody_asked: 1 });
        const answer = await send(route, ids[0] ?? "", given, nonsense, callerOf(route));
        expect([answer.status, answer.body.error?.code]).toEqual([400, "VALIDATION_ERROR"]);
        refused += 1;
      }),
      { numRuns: body ? RUNS : 1, endOnFailure: true },
    );
    requests.misfitting += refused;
    expect(refused, "requests that did not fit").toBeGreaterThan(0);
  });

  test.skipIf(route.auth.includes("anonymous"))("a credential is asked for before anything is looked at", async () => {
    const sent = body ? fc.sample(fc.oneof(fitting(body), misfitting(body)), 4) : [undefined];
    for (const one of sent) {
      expect((await send(route, ids[0] ?? "", {}, one, {})).status).toBe(401);
      const wrongKind = Object.entries(credentials).find(([kind]) => !(route.auth as readonly string[]).includes(kind));
      if (wrongKind) expect([400, 403]).toContain((await send(route, ids[0] ?? "", {}, one, wrongKind[1])).status);
    }
  });
});

describe("nothing is usable after it was taken away", () => {
  test("a revoked token, a revoked trust key, a rotated key, a deactivated agent, an ended session", async () => {
    const { client, ...who } = await city.owner();
    const token = await client.tokens.create({ name: "short" });
    const uses: [CallOptions, string, () => Promise<unknown>][] = [];
    uses.push([{ token: token.token }, "/agents/mine", () => client.tokens.revoke(token.id)]);
    const [first, second] = [await who.agent(), await who.agent()];
    uses.push([{ key: first.key }, "/agents/me", () => client.agents.rotateKey(first.id)]);
    uses.push([{ key: second.key }, "/agents/me", () => client.agents.deactivate(second.id)]);
    const trust = await client.trust.createKey({ name: "short" });
    uses.push([{ trustKey: trust.key }, `/trust/${first.id}`, () => client.trust.revokeKey(trust.id)]);
    uses.push([{ token: who.token }, "/tokens", () => city.call("POST", "/auth/sign-out", { token: who.token })]);
    for (const [credential, path, takeAway] of uses) {
      expect((await city.call("GET", path, credential)).status).toBe(200);
      await takeAway();
      expect((await city.call("GET", path, credential)).status).toBe(401);
    }
  });

  test("a removed webhook", async () => {
    const agent = await owner.agent();
    await agent.client.agents.registerWebhook("https://hooks.example.com/gone");
    await agent.client.agents.removeWebhook();
    expect(await agent.client.agents.getWebhook()).toBeNull();
    await expect(agent.client.agents.testWebhook()).rejects.toMatchObject({ code: "WEBHOOK_NOT_FOUND" });
    await expect(agent.client.agents.rotateWebhookSecret()).rejects.toMatchObject({ code: "WEBHOOK_NOT_FOUND" });
  });

  test("a sandbox that was given back", async () => {
    const seller = await (await city.owner()).agent({ capabilities: [{ category: "testing", tags: [] }] });
    const input = { description: "Test it.", code: "export const one = 1;\n" };
    const task = { taskType: "testing", maxBudget: 500, input } as const;
    const { id, sandboxId } = await hireToWork(city, seller, { buyer: owner, task });
    expect((await seller.client.sandbox.listFiles(id)).entries.length).toBeGreaterThan(0);
    await seller.client.tasks.destroySandbox(id, sandboxId);
    for (const use of [
      () => seller.client.sandbox.listFiles(id),
      () => seller.client.sandbox.exec(id, "ls"),
      () => seller.client.sandbox.writeFile(id, { path: "/home/user/repo/x", content: "x" }),
    ]) {
      await expect(use()).rejects.toMatchObject({ status: expect.toSatisfy((s: number) => s === 404 || s === 409) });
    }
  });
});
