import type Stripe from "stripe";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createStripePayments } from "#server/ports/payments/stripe-payments.ts";
import {
  key,
  onboardedSeller,
  openCheckout,
  paidCustomer,
  type Scene,
  SECRET_KEY,
  startScene,
  WEBHOOK_SECRET,
} from "./support.ts";

let scene: Scene;

beforeAll(async () => {
  scene = await startScene();
});

afterAll(() => scene?.stop());

/** A request as a client would write it that knows nothing of types. */
async function post(path: string, body: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${scene.standIn.url}${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${SECRET_KEY}`, "content-type": "application/x-www-form-urlencoded", ...headers },
    body,
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Answer };
}
type Answer = { id?: string; error?: { type: string; code?: string; param?: string; message: string } };

const countOf = async (kind: "transfer" | "payment", metadata: Record<string, string>) => {
  let count = 0;
  for await (const _found of scene.payments.list(kind, { since: "2020-01-01T00:00:00Z", metadata })) count += 1;
  return count;
};

describe("idempotency keys", () => {
  it("return the first answer for the same values and act once", async () => {
    await paidCustomer(scene, 5000);
    const accountId = await onboardedSeller(scene);
    const transfer = { accountId, amountCents: 100, transferGroup: "same", metadata: { mark: "once" } };
    const first = await scene.payments.createTransfer(transfer, "k-once");
    const second = await scene.payments.createTransfer(transfer, "k-once");
    expect(second).toEqual(first);
    expect(await countOf("transfer", { mark: "once" })).toBe(1);
  });

  it("are refused for other values, and the first effect stays alone", async () => {
    await paidCustomer(scene, 5000);
    const accountId = await onboardedSeller(scene);
    const transfer = { accountId, amountCents: 100, transferGroup: "other", metadata: { mark: "other" } };
    await scene.payments.createTransfer(transfer, "k-other");
    await expect(scene.payments.createTransfer({ ...transfer, amountCents: 101 }, "k-other")).rejects.toMatchObject({
      kind: "idempotency",
      outcome: "unknown",
    });
    expect(await countOf("transfer", { mark: "other" })).toBe(1);
  });

  it("replay a 500 for ever, whether or not it acted, and the object is found by metadata", async () => {
    const { customerId } = await paidCustomer(scene, 500);
    const card = await scene.payments.getSavedCard(customerId);
    for (const effect of ["none", "done"] as const) {
      const metadata = { mark: `500-${effect}` };
      const charge = { customerId, cardId: card?.id ?? "", amountCents: 700, description: "x", metadata };
      await scene.control("/faults", { kind: "error_500", path: "/v1/payment_intents", effect });
      const answer = scene.payments.chargeSavedCard(charge, `k-500-${effect}`);
      await expect(answer).rejects.toMatchObject({ kind: "unavailable", outcome: "unknown", replayed: false });
      const again = scene.payments.chargeSavedCard(charge, `k-500-${effect}`);
      await expect(again).rejects.toMatchObject({ kind: "unavailable", replayed: true });
      expect(await countOf("payment", metadata)).toBe(effect === "done" ? 1 : 0);
    }
  });

  it("stay free after parameters that cannot be right", async () => {
    const wrong = await post("/v1/customers", "email=a%40b.c&colour=red", { "idempotency-key": "k-free" });
    expect(wrong.body.error?.code).toBe("parameter_unknown");
    const right = await post("/v1/customers", "email=a%40b.c", { "idempotency-key": "k-free" });
    expect(right.status).toBe(200);
  });

  it("answer 409 or the first answer to parallel use, and act once", async () => {
    await paidCustomer(scene, 5000);
    const accountId = await onboardedSeller(scene);
    const body = `amount=100&currency=usd&destination=${accountId}&metadata[mark]=parallel`;
    const answers = await Promise.all(
      Array.from({ length: 16 }, () => post("/v1/transfers", body, { "idempotency-key": "k-parallel" })),
    );
    const done = answers.filter((answer) => answer.status === 200);
    expect(new Set(done.map((answer) => answer.body.id)).size).toBe(1);
    for (const answer of answers.filter(({ status }) => status !== 200)) {
      expect(answer).toMatchObject({ status: 409, body: { error: { type: "idempotency_error" } } });
    }
    expect(await countOf("transfer", { mark: "parallel" })).toBe(1);
  });
});

describe("lost answers", () => {
  it("are made good by the package's own retry under the same key", async () => {
    await paidCustomer(scene, 5000);
    const accountId = await onboardedSeller(scene);
    await scene.control("/faults", { kind: "timeout_after_success", path: "/v1/transfers" });
    const transfer = { accountId, amountCents: 100, transferGroup: "lost", metadata: { mark: "lost" } };
    expect(await scene.payments.createTransfer(transfer, "k-lost")).toMatchObject({ amountCents: 100 });
    expect(await countOf("transfer", { mark: "lost" })).toBe(1);
  });

  it("say `unknown` when every attempt is lost, and a later repeat finds the one effect", async () => {
    await paidCustomer(scene, 5000);
    const accountId = await onboardedSeller(scene);
    const impatient = createStripePayments({
      secretKey: SECRET_KEY,
      webhookSecrets: [WEBHOOK_SECRET],
      apiUrl: scene.standIn.url,
      timeoutMs: 150,
      retries: 0,
    });
    await scene.control("/faults", { kind: "timeout_after_success", path: "/v1/transfers", hangMs: 10_000 });
    const transfer = { accountId, amountCents: 100, transferGroup: "late", metadata: { mark: "late" } };
    await expect(impatient.createTransfer(transfer, "k-late")).rejects.toMatchObject({
      kind: "unavailable",
      reason: "connection",
      outcome: "unknown",
    });
    expect(await scene.payments.createTransfer(transfer, "k-late")).toMatchObject({ amountCents: 100 });
    expect(await countOf("transfer", { mark: "late" })).toBe(1);
  });

  it("leave nothing behind when the request was refused before it began", async () => {
    await scene.control("/faults", { kind: "error_503", path: "/v1/customers", times: 2 });
    const created = scene.payments.createCustomer({ email: "x@example.com", metadata: {} }, key());
    await expect(created).rejects.toMatchObject({ kind: "unavailable", replayed: false });
  });
});

describe("parameters", () => {
  it.each([
    ["an unknown one", "/v1/customers", "email=a%40b.c&plan=gold", "parameter_unknown", "plan"],
    [
      "an unknown nested one",
      "/v1/accounts",
      "type=express&settings[payouts][colour]=red",
      "parameter_unknown",
      "settings[payouts][colour]",
    ],
    ["a missing one", "/v1/transfers", "currency=usd&destination=acct_1", "parameter_missing", "amount"],
    [
      "text for a number",
      "/v1/transfers",
      "amount=ten&currency=usd&destination=acct_1",
      "parameter_invalid_integer",
      "amount",
    ],
    [
      "a fraction",
      "/v1/transfers",
      "amount=1.5&currency=usd&destination=acct_1",
      "parameter_invalid_integer",
      "amount",
    ],
    [
      "a negative amount",
      "/v1/transfers",
      "amount=-5&currency=usd&destination=acct_1",
      "parameter_invalid_integer",
      "amount",
    ],
    ["zero", "/v1/transfers", "amount=0&currency=usd&destination=acct_1", "parameter_invalid_integer", "amount"],
    ["another currency", "/v1/transfers", "amount=5&currency=eur&destination=acct_1", undefined, "currency"],
    ["an empty value", "/v1/transfers", "amount=5&currency=usd&destination=", "parameter_invalid_empty", "destination"],
    [
      "a stranger's account",
      "/v1/transfers",
      "amount=5&currency=usd&destination=acct_nobody",
      "resource_missing",
      "destination",
    ],
    [
      "a URL that is none",
      "/v1/account_links",
      "account=a&type=account_onboarding&refresh_url=x&return_url=y",
      "url_invalid",
      "refresh_url",
    ],
    [
      "a script as URL",
      "/v1/account_links",
      "account=a&type=account_onboarding&refresh_url=javascript:alert(1)&return_url=y",
      "url_invalid",
      "refresh_url",
    ],
    ["a name that is also Object's", "/v1/customers", "metadata[a]=1&__proto__[x]=1", "parameter_unknown", "__proto__"],
  ])("refuses %s as Stripe does", async (_name, path, body, code, param) => {
    const answer = await post(path, body);
    expect(answer.status).toBe(400);
    expect(answer.body.error).toMatchObject({ type: "invalid_request_error", param });
    expect(answer.body.error?.code).toBe(code);
  });

  it("takes nested lists and metadata as the package encodes them", async () => {
    const metadata = { "a b": "x&y=z", ünï: "[1]" };
    const { id } = await scene.stripe.customers.create({ email: "n@example.com", metadata });
    expect((await scene.stripe.customers.retrieve(id)) as Stripe.Customer).toMatchObject({ metadata });
  });

  it("a removed customer is gone with its cards, and removing it again is no error", async () => {
    const { customerId } = await paidCustomer(scene, 500);
    await scene.payments.deleteCustomer(customerId);
    expect(await scene.stripe.customers.retrieve(customerId)).toEqual(
      expect.objectContaining({ id: customerId, object: "customer", deleted: true }),
    );
    await expect(scene.payments.getSavedCard(customerId)).rejects.toMatchObject({ reason: "resource_missing" });
    await expect(openCheckout(scene, customerId, 500)).rejects.toMatchObject({ reason: "resource_missing" });
    await scene.payments.deleteCustomer(customerId);
  });

  it("refuses amounts below the smallest charge", async () => {
    const { id } = await scene.payments.createCustomer({ email: "x@example.com", metadata: {} }, key());
    await expect(openCheckout(scene, id, 49)).rejects.toMatchObject({ kind: "invalid", reason: "amount_too_small" });
  });
});

describe("access", () => {
  it("answers 401 without the secret key and with another one", async () => {
    expect((await post("/v1/customers", "", { authorization: "" })).status).toBe(401);
    const stranger = createStripePayments({
      secretKey: "sk_test_other",
      webhookSecrets: ["whsec_x"],
      apiUrl: scene.standIn.url,
    });
    await expect(stranger.getBalance()).rejects.toMatchObject({ kind: "unavailable", reason: "authentication" });
  });

  it("keeps the control door behind the same key", async () => {
    const response = await fetch(`${scene.standIn.url}/stand-in/funds/add`, { method: "POST", body: '{"amount":100}' });
    expect(response.status).toBe(401);
  });

  it("answers 403 for an account that is not ours and 404 for an endpoint it does not play", async () => {
    const foreign = await post("/v1/payouts", "amount=5&currency=usd", { "stripe-account": "acct_foreign" });
    expect(foreign).toMatchObject({ status: 403, body: { error: { code: "account_invalid" } } });
    expect((await post("/v1/subscriptions", "")).status).toBe(404);
  });

  it("keeps one account's payouts from another's sight", async () => {
    await paidCustomer(scene, 5000);
    const [one, other] = [await onboardedSeller(scene), await onboardedSeller(scene)];
    await scene.payments.createTransfer({ accountId: one, amountCents: 500, transferGroup: "g", metadata: {} }, key());
    const payout = await scene.payments.createPayout({ accountId: one, amountCents: 500, metadata: {} }, key());
    await expect(scene.payments.getPayout(other, payout.id)).rejects.toMatchObject({ reason: "resource_missing" });
  });

  it("does not start in production or with a live key", async () => {
    await expect(startScene({ production: true })).rejects.toThrow(/STRIPE_SECRET_KEY/);
    await expect(startScene({ secretKey: "sk_live_x" })).rejects.toThrow(/sk_test_/);
  });
});
