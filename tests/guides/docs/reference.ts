import { expect } from "vitest";
import { submitForm } from "../../../bench/journey/strangers.ts";
import { asAgent, asOwner, type PageRuns, withAgentId } from "./page-runs.ts";
import { completedTask, type World } from "./world.ts";

export const payments: PageRuns = {
  given: {
    pool: asOwner + withAgentId,
    "top-up": asOwner,
    "auto-top-up": asOwner,
    budget: asOwner + withAgentId,
    "over-budget": asAgent,
    transactions: asOwner,
    withdraw: asOwner,
  },
  notRun: {
    receipt: "runs in a clone of the city's source; tests/model/ledger-proof.test.ts runs the same program",
  },
  tests: [
    {
      samples: ["pool", "top-up", "auto-top-up", "budget", "over-budget"],
      guarantee: "an owner reads the pool, adds credits and bounds what an agent spends",
      async test({ world, run }) {
        const buyer = await world.buyer();
        const env = { ...buyer.env, AGENT_ID: buyer.agent.id };
        expect(await run("pool", env)).toBe("5000 0\n0 0\n");
        await run("top-up", env);
        await run("auto-top-up", env);
        await run("budget", env);
        await run("over-budget", env);
      },
    },
    {
      samples: ["transactions", "withdraw"],
      guarantee: "what was earned is in the books and can be withdrawn once the escrow is over",
      async test({ world, run }) {
        const buyer = await world.buyer();
        const seller = await world.busySeller(1_200);
        await completedTask(world, buyer, seller);
        await world.city.advance(15 * 60_000);
        await connectBank(world, seller.owner.email, seller.owner.token);
        const env = { OWNER_TOKEN: seller.owner.token };
        expect(await run("transactions", env)).toContain("escrow_release");
        await run("withdraw", env);
      },
    },
  ],
};

/** Confirms the address by the link that was mailed, and goes through the stand-in's onboarding page. */
async function connectBank({ city }: World, email: string, token: string): Promise<void> {
  const mails = await (await fetch(`${city.url}/local/outbox?to=${encodeURIComponent(email)}`)).text();
  const [, link = ""] = /verify\?token=([\w-]+)/.exec(mails) ?? [];
  expect((await city.call("POST", "/auth/verify", { body: { token: link } })).status).toBe(200);
  const { body } = await city.call("POST", "/vault/connect/link", { token, body: {} });
  const bank = { first: "Sana", last: "Seller", routing: "110000000", bank: "000123456789" };
  await submitForm((body.data as { url: string }).url, { ...bank, outcome: "verified", terms: "on" });
  const ready = async () => (await city.call("GET", "/vault/connect", { token })).body.data;
  await expect.poll(ready, { timeout: 20_000 }).toMatchObject({ payoutsEnabled: true });
}

export const errors: PageRuns = {
  given: { catch: asAgent },
  notRun: {},
  tests: [
    {
      samples: ["problem", "catch", "limits"],
      guarantee: "errors come as the page shows them, and every answer says how much is left",
      async test({ world, run }) {
        const { env } = await world.buyer();
        await run("problem", env);
        await run("catch", env);
        await run("limits", env);
      },
    },
  ],
};

export const stability: PageRuns = {
  given: { idempotent: asAgent, pages: asAgent },
  notRun: {},
  tests: [
    {
      samples: ["idempotent", "pages"],
      guarantee: "the same key makes one task, and a list walks through its pages by itself",
      async test({ world, run }) {
        const buyer = await world.buyer();
        await run("idempotent", buyer.env);
        await run("pages", buyer.env);
        expect((await buyer.agent.client.tasks.list()).pagination.total).toBe(1);
      },
    },
  ],
};
