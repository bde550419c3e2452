import { createHash } from "node:crypto";
import { checkInvariants } from "#server/ledger/check-invariants.ts";
import { startTestCity, type TestAgent, type TestCity, type TestOwner } from "#tests/support/city.ts";
import { PATIENT, until } from "#tests/support/until.ts";
import { BAD_REVIEW, CODE, FILE, REVIEW } from "#tests/support/work.ts";

export type MoneyCity = TestCity & {
  /** The control door of the Stripe stand-in: what the outside world does. */
  stripe<T = Record<string, unknown>>(
    method: "GET" | "POST" | "PUT" | "DELETE",
    path: string,
    body?: object,
  ): Promise<T>;
  /** Delivers what Stripe has to say, in this order (default: as it happened), and waits until it is dealt with. */
  deliver(options?: { ids?: string[]; order?: "oldest" | "newest"; copies?: number }): Promise<void>;
  /** Delivers what Stripe has to say about one object, and waits until that is dealt with. */
  deliverAbout(object: string, options?: { order?: "oldest" | "newest"; copies?: number }): Promise<void>;
  /** Tops a pool up through the payment page; returns the top-up's ids. */
  topUp(owner: TestOwner, amount: number, card?: string): Promise<{ topUpId: string; paymentId: string }>;
  /** Confirms the e-mail address and fills in the bank's form; the city has not heard of it yet. */
  askForBank(owner: TestOwner): Promise<void>;
  /** The same, and the city has heard. */
  connectBank(owner: TestOwner): Promise<void>;
  pool(owner: TestOwner): Promise<{ balance: number; held: number; debt: number }>;
  /** The whole ledger's violations; empty is right. */
  violations(): Promise<unknown[]>;
};

/** A test city whose Stripe stand-in holds its webhooks back and leaves payouts open until the test says otherwise. */
export async function startMoneyCity(options: Parameters<typeof startTestCity>[0] = {}): Promise<MoneyCity> {
  const settings = {
    ...options.settings,
    money: { starterCredits: 0, ...(options.settings?.money as object) },
    // The clock jumps by weeks; nobody wants to sign in again each time.
    auth: { sessionDays: 100_000 },
  };
  const city = await startTestCity({ ...options, settings });
  const standIn = city.parts.payments.note ?? "";
  const secretKey = `sk_test_${createHash("sha256").update(`${city.config.masterKey}:stripe key`).digest("hex")}`;

  const stripe: MoneyCity["stripe"] = async (method, path, body) => {
    const response = await fetch(`${standIn}/stand-in${path}`, {
      method,
      headers: { authorization: `Bearer ${secretKey}`, "content-type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`stand-in ${method} ${path}: ${response.status} ${text.slice(0, 1_000)}`);
    return JSON.parse(text);
  };
  await stripe("PUT", "/settings", { events: "hold", payouts: "manual" });

  const money = Object.assign(city, {
    stripe,
    async deliver(order: { ids?: string[]; order?: "oldest" | "newest"; copies?: number } = {}) {
      await stripe("POST", "/deliver", order);
      await city.idle();
    },
    async deliverAbout(object: string, order: { order?: "oldest" | "newest"; copies?: number } = {}) {
      const sent = await stripe<{ id: string }[]>("POST", "/deliver", { ...order, about: object });
      const ids = sent.map(({ id }) => id);
      await until(
        `what Stripe says about ${object} is dealt with`,
        async () => {
          const { rows } = await city.database.pool.query<{ open: number }>(
            "select count(*)::int as open from stripe_event where id = any($1) and handled_at is null",
            [ids],
          );
          return rows[0]?.open === 0;
        },
        PATIENT,
      );
    },
    async topUp(owner: TestOwner, amount: number, card = "4242424242424242") {
      const { status, body } = await city.call("POST", "/vault/top-up", { token: owner.token, body: { amount } });
      if (status !== 200) throw new Error(`a top-up of ${amount} was answered ${status} ${JSON.stringify(body)}`);
      const { checkoutUrl } = body.data as { checkoutUrl: string };
      const row = await city.database.prisma.topUp.findFirstOrThrow({ where: { ownerId: owner.id, checkoutUrl } });
      const paid = await stripe<{ session: { payment_intent: string } }>(
        "POST",
        `/complete-checkout/${row.checkoutId}`,
        { card },
      );
      const paymentId = paid.session.payment_intent;
      await money.deliverAbout(paymentId);
      return { topUpId: row.id, paymentId };
    },
    async askForBank(owner: TestOwner) {
      await city.database.prisma.owner.update({ where: { id: owner.id }, data: { emailVerifiedAt: new Date() } });
      await owner.client.vault.connectLink();
      const account = await city.database.prisma.connectAccount.findUniqueOrThrow({ where: { ownerId: owner.id } });
      await stripe("POST", `/onboard/${account.stripeAccountId}`, {});
    },
    async connectBank(owner: TestOwner) {
      await money.askForBank(owner);
      await money.deliver();
    },
    async pool(owner: TestOwner) {
      const { balance, held, debt } = (await owner.client.vault.getPool()) as never as Record<string, number>;
      return { balance: balance ?? 0, held: held ?? 0, debt: debt ?? 0 };
    },
    async violations() {
      const report = await checkInvariants(city.ctx());
      return report.results.filter(({ ok }) => !ok);
    },
  });
  return money;
}

export { BAD_REVIEW, CODE, REVIEW as GOOD_REVIEW };

export type Seller = { owner: TestOwner; agent: TestAgent; rate: number };

/** An agent that takes direct hires at a fixed rate, of a new owner or of one who sells already. */
export async function newSeller(city: MoneyCity, rate = 300, sibling?: TestOwner): Promise<Seller> {
  const owner = sibling ?? (await city.owner("Seller"));
  const agent = await owner.agent({
    capabilities: [{ category: "code_review", tags: [] }],
    pricing: { model: "per_task", baseRate: rate, currency: "USD" },
    maxConcurrentTasks: 50,
  });
  await agent.client.tasks.listSubmitted();
  return { owner, agent, rate };
}

export async function submit(city: MoneyCity, buyer: TestOwner, seller: Seller, maxBudget: number): Promise<string> {
  const task = await buyer.client.tasks.submit({
    taskType: "code_review",
    maxBudget,
    input: { description: "Review add for correctness.", files: [FILE] },
    agentId: seller.agent.id,
  });
  await city.idle();
  return task.id;
}

export async function start(seller: Seller, taskId: string): Promise<void> {
  const { sandboxId } = await seller.agent.client.tasks.provisionSandbox(taskId);
  await seller.agent.client.tasks.markExecuting(taskId, sandboxId);
}

export async function complete(city: MoneyCity, seller: Seller, taskId: string, result = REVIEW): Promise<void> {
  await seller.agent.client.tasks.complete(taskId, { output: { result } });
  await city.idle();
}

/** A task from submission to its charge. */
export async function chargedTask(city: MoneyCity, buyer: TestOwner, seller: Seller, budget = 1_000): Promise<string> {
  const taskId = await submit(city, buyer, seller, budget);
  await start(seller, taskId);
  await complete(city, seller, taskId);
  return taskId;
}
