import { expect } from "vitest";
import { REVIEW } from "#tests/support/work.ts";
import { submitForm } from "../../../bench/journey/strangers.ts";
import type { Living, World } from "./world.ts";

/** How one operation is tested: who may call it, on what, and who else has a part in that. */
export type Fixture = {
  /** The rightful caller; its call comes last, on the row the others were refused, and must succeed. */
  by: Living | "newcomer" | "anyone";
  /** A fresh input for it. */
  input?: (world: World) => Promise<Record<string, unknown>>;
  /** Fields that name a row of one tenant. Without any the operation is about the caller alone. */
  ids?: string[];
  /** Others with a part in the row: they may be answered, or refused in another way. */
  parties?: Living[];
  /** Parties whose part is another one: refused, in whatever way. */
  refused?: Living[];
  /** Naming another tenant's row is what the operation is for (to hire, to look up). */
  open?: true;
};

const PARTIES: Living[] = ["buyerOwner", "buyerOwnerToken", "buyerAgent", "sellerOwner", "seller"];
const OWNERS: Living[] = ["buyerOwner", "buyerOwnerToken", "sellerOwner", "foreignOwner"];
const BUYERS: Living[] = ["buyerOwner", "buyerOwnerToken", "buyerAgent"];

const ofTask = (state: Parameters<World["task"]>[0], rest: Record<string, unknown> = {}) => ({
  ids: ["id"],
  input: async (world: World) => ({ id: (await world.task(state)).id, ...rest }),
});
const ofSandbox = (rest: Record<string, unknown>) => ({ by: "seller" as const, ...ofTask("executing", rest) });
const ofAgent = (rest: Record<string, unknown> = {}) => ({
  by: "sellerOwner" as const,
  ids: ["id"],
  input: async (world: World) => ({ id: world.ids.seller, ...rest }),
});
const spareAgent = async (world: World) => {
  const { body } = await world.city.call("POST", "/agents", {
    ...world.credentials.sellerOwner,
    body: { displayName: "Spare", framework: "custom" },
  });
  return { id: (body.data as { agent: { id: string } }).agent.id };
};
const ofDispute = (rest: Record<string, unknown> = {}) => ({
  ids: ["id"],
  input: async (world: World) => {
    const task = await world.task("completed");
    const { body } = await world.city.call("POST", `/tasks/${task.id}/dispute`, {
      ...world.credentials.buyerAgent,
      body: { reason: "incomplete", description: "Half of it is missing." },
    });
    return { id: (body.data as { id: string }).id, ...rest };
  },
});
const made = (path: string, by: Living) => async (world: World) => {
  const { body } = await world.city.call("POST", path, { ...world.credentials[by], body: { name: "spare" } });
  return { id: (body.data as { id: string }).id };
};
const failedRun = async (world: World) => {
  const { rows } = await world.city.database.pool.query<{ id: string }>(
    `insert into engine.run (id, function_id, event_id, event, status, ended_at)
     values ('run' || gen_random_uuid(), 'city-forget-inputs', gen_random_uuid(), '{"name":"inngest/scheduled.timer","data":{"cron":"17 3 * * *"}}', 'failed', city_now())
     returning id`,
  );
  return { id: rows[0]?.id };
};
const submission = { taskType: "code_review", maxBudget: 1_000, input: { description: "Look at it." } };

/** One entry for each procedure. A procedure without one fails the test. */
export const fixtures: Record<string, Fixture> = {
  "auth.signUp": {
    by: "anyone",
    input: async () => ({ name: "New", email: `${crypto.randomUUID()}@example.com`, password: "a long enough one" }),
  },
  "auth.signIn": {
    by: "anyone",
    input: async (world) => {
      const { email, password } = await world.newcomer();
      return { email, password };
    },
  },
  "auth.signOut": { by: "newcomer" },
  "email.requestVerification": { by: "newcomer" },
  "email.verify": {
    by: "anyone",
    input: async (world) => ({ token: await world.mailedSecret((await world.newcomer()).email) }),
  },
  "email.requestReset": { by: "anyone", input: async (world) => ({ email: (await world.newcomer()).email }) },
  "email.reset": {
    by: "anyone",
    input: async (world) => {
      const { email } = await world.newcomer();
      await world.city.call("POST", "/auth/reset-request", { body: { email } });
      await world.city.idle();
      return { token: await world.mailedSecret(email), password: "another long one" };
    },
  },
  "owners.me": { by: "buyerOwner" },
  "owners.update": { by: "newcomer", input: async () => ({ name: "Renamed" }) },
  "owners.changePassword": {
    by: "newcomer",
    input: async () => ({ current: "a long enough password", next: "another long password" }),
  },
  "owners.overview": { by: "buyerOwner", input: async () => ({}) },
  "owners.outbox": { by: "buyerOwner", input: async () => ({}) },
  "owners.notifications": { by: "buyerOwner" },
  "owners.setNotifications": { by: "newcomer", input: async () => ({ money: false }) },
  "owners.export": { by: "buyerOwner", input: async () => ({}) },
  "owners.closing": { by: "buyerOwner" },
  "owners.close": { by: "newcomer", input: async () => ({ password: "a long enough password", giveUp: true }) },
  "tokens.create": { by: "buyerOwner", input: async () => ({ name: "new" }) },
  "tokens.list": { by: "buyerOwner" },
  "tokens.revoke": {
    by: "sellerOwner",
    ids: ["id"],
    input: made("/tokens", "sellerOwner"),
  },
  "agents.register": { by: "buyerOwner", input: async () => ({ displayName: "New", framework: "custom" }) },
  "agents.search": { by: "anyone", input: async () => ({}) },
  "agents.listMine": { by: "buyerOwner" },
  "agents.me": { by: "buyerAgent" },
  "agents.update": { by: "buyerAgent", input: async () => ({ description: "Changed." }) },
  "agents.get": { by: "anyone", open: true, input: async (world) => ({ id: world.ids.seller }) },
  "agents.updateById": ofAgent({ description: "Changed by its owner." }),
  "agents.wallet": ofAgent(),
  "agents.deactivate": { by: "sellerOwner", ids: ["id"], input: spareAgent },
  "agents.reactivate": {
    by: "sellerOwner",
    ids: ["id"],
    input: async (world) => {
      const spare = await spareAgent(world);
      await world.city.call("POST", `/agents/${spare.id}/deactivate`, { ...world.credentials.sellerOwner });
      return spare;
    },
  },
  "agents.rotateKey": { by: "sellerOwner", ids: ["id"], input: spareAgent },
  "agents.history": {
    by: "sellerOwner",
    ids: ["agentId"],
    input: async (world) => ({ agentId: world.ids.seller }),
  },
  "agents.getBudget": ofAgent(),
  "agents.setBudget": ofAgent({ monthly: 5_000 }),
  "tasks.submit": { by: "buyerAgent", open: true, input: async () => submission },
  "tasks.quote": { by: "buyerAgent", open: true, input: async () => submission },
  "tasks.list": { by: "buyerAgent", input: async () => ({}) },
  "tasks.listSubmitted": { by: "seller" },
  "tasks.get": { by: "buyerAgent", parties: PARTIES, ...ofTask("offered") },
  "tasks.events": { by: "buyerAgent", parties: PARTIES, ...ofTask("offered") },
  "tasks.listEvents": { by: "buyerAgent", parties: PARTIES, ...ofTask("offered") },
  "tasks.getPatch": { by: "buyerAgent", parties: PARTIES, ...ofTask("completed") },
  "tasks.transcript": { by: "buyerAgent", parties: PARTIES, ...ofTask("completed") },
  "tasks.giveFeedback": { by: "buyerAgent", parties: BUYERS, ...ofTask("completed", { rating: "up" }) },
  "tasks.dispute": {
    by: "buyerAgent",
    parties: BUYERS,
    ...ofTask("completed", { reason: "incomplete", description: "Half of it is missing." }),
  },
  "tasks.cancel": { by: "buyerAgent", parties: BUYERS, ...ofTask("offered") },
  "tasks.provisionSandbox": { by: "seller", ...ofTask("offered") },
  "tasks.markExecuting": { by: "seller", ids: ["id", "sandboxId"], input: (world) => world.task("provisioned") },
  "tasks.destroySandbox": { by: "seller", ids: ["id", "sandboxId"], input: (world) => world.task("provisioned") },
  "tasks.getReceipt": { by: "buyerAgent", parties: PARTIES, ...ofTask("completed") },
  "tasks.complete": ofSandbox({ output: { result: REVIEW } }),
  "tasks.appeal": { by: "seller", ...ofTask("rejected", { reason: "The gate overlooked a file." }) },
  "tasks.fail": ofSandbox({ reason: "cannot" }),
  "tasks.decline": { by: "seller", ...ofTask("offered") },
  "sandbox.listFiles": ofSandbox({ path: "/home/user/repo" }),
  "sandbox.readFile": ofSandbox({ path: "/home/user/repo/src/add.ts" }),
  "sandbox.writeFile": ofSandbox({ path: "/home/user/repo/src/new.ts", content: "export {};\n" }),
  "sandbox.exec": ofSandbox({ command: "ls" }),
  "vault.getBalance": { by: "seller" },
  "vault.getPool": { by: "buyerOwner" },
  "vault.topUp": { by: "buyerOwner", input: async () => ({ amount: 500 }) },
  "vault.setAutoTopUp": {
    by: "buyerOwner",
    input: async () => ({ enabled: false, threshold: 0, reloadAmount: 500 }),
  },
  "vault.returnUnspent": {
    by: "buyerOwner",
    input: async (world) => {
      const { body } = await world.city.call("POST", "/vault/top-up", {
        ...world.credentials.buyerOwner,
        body: { amount: 500 },
      });
      const { checkoutUrl } = body.data as { checkoutUrl: string };
      await submitForm(checkoutUrl, { number: "4242424242424242", expiry: "12 / 34", cvc: "123", name: "Bea Buyer" });
      // The card company tells the city by a webhook, in its own time.
      const pool = () => world.city.call("GET", "/vault/pool", { ...world.credentials.buyerOwner });
      await expect.poll(async () => (await pool()).body.data, { timeout: 15_000 }).toMatchObject({ returnable: 500 });
      return { amount: 500 };
    },
  },
  "vault.listTransactions": {
    by: "seller",
    ids: ["agentId"],
    parties: ["sellerOwner"],
    input: async (world) => ({ agentId: world.ids.seller }),
  },
  "vault.withdraw": {
    by: "sellerOwner",
    ids: ["agentId"],
    // Stopped before the id counts: they have no bank account. The rightful caller tries the strange ids.
    refused: [...OWNERS.filter((name) => name !== "sellerOwner"), "operator"],
    input: async (world) => {
      await world.task("completed");
      await world.city.advance(15 * 60_000);
      return { agentId: world.ids.seller, amount: 500 };
    },
  },
  "vault.listWithdrawals": { by: "sellerOwner", input: async () => ({}) },
  "vault.connectLink": { by: "sellerOwner" },
  "vault.connectStatus": { by: "sellerOwner" },
  "vault.getStatement": { by: "sellerOwner", input: async () => ({ month: "2026-03" }) },
  "vault.listSeals": { by: "anyone", input: async () => ({}) },
  "operators.checkLedger": { by: "operator", refused: OWNERS },
  "operators.listOverdue": { by: "operator", refused: OWNERS },
  "operators.listPlatformErrors": { by: "operator", refused: OWNERS },
  "operators.readHeartbeat": { by: "operator", refused: OWNERS },
  "operators.listStuckRuns": { by: "operator", refused: OWNERS },
  "operators.repeatRun": { by: "operator", refused: OWNERS, input: failedRun },
  "operators.listPayouts": { by: "operator", refused: OWNERS },
  "webhooks.register": { by: "seller", input: async () => ({ url: "https://hooks.example.com/isolation" }) },
  "webhooks.get": { by: "seller" },
  "webhooks.remove": { by: "sellerSibling" },
  "webhooks.test": { by: "seller" },
  "webhooks.rotateSecret": { by: "seller" },
  "webhooks.listDeliveries": { by: "seller", input: async () => ({}) },
  "webhooks.redeliver": {
    by: "seller",
    ids: ["id"],
    input: async (world) => {
      await world.task("offered");
      const { body } = await world.city.call("GET", "/agents/me/webhook/deliveries", { ...world.credentials.seller });
      return { id: (body.data as { id: string }[])[0]?.id ?? "" };
    },
  },
  "webhooks.redeliverFor": {
    by: "sellerOwner",
    ids: ["agentId", "id"],
    input: async (world) => {
      await world.task("offered");
      const { body } = await world.city.call("GET", "/agents/me/webhook/deliveries", { ...world.credentials.seller });
      return { agentId: world.ids.seller, id: (body.data as { id: string }[])[0]?.id ?? "" };
    },
  },
  "webhooks.inspect": { by: "sellerOwner", ids: ["agentId"], input: async (world) => ({ agentId: world.ids.seller }) },
  "trust.createKey": { by: "buyerOwner", input: async () => ({ name: "new" }) },
  "trust.listKeys": { by: "buyerOwner" },
  "trust.revokeKey": { by: "sellerOwner", ids: ["id"], input: made("/trust/keys", "sellerOwner") },
  "trust.get": { by: "trust", open: true, input: async (world) => ({ agentId: world.ids.seller }) },
  "disputes.list": { by: "buyerAgent", input: async () => ({}) },
  "disputes.get": { by: "buyerAgent", parties: [...PARTIES, "operator"], ...ofDispute() },
  "disputes.getWork": { by: "operator", refused: OWNERS, ...ofDispute() },
  "disputes.respond": {
    by: "seller",
    parties: ["sellerOwner", ...BUYERS],
    refused: ["operator"],
    ...ofDispute({ response: "It is all there." }),
  },
  "disputes.withdraw": {
    by: "buyerAgent",
    parties: BUYERS,
    refused: ["seller", "sellerOwner", "operator"],
    ...ofDispute(),
  },
  "disputes.resolve": {
    by: "operator",
    refused: OWNERS,
    ...ofDispute({ winner: "agent", note: "The work is as described." }),
  },
};
