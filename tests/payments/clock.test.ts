import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HOUR } from "#tests/support/durations.ts";
import { key, openCheckout, type Scene, startScene } from "./support.ts";

let scene: Scene;
let offset = 0;

beforeAll(async () => {
  scene = await startScene({ now: () => Date.now() + offset });
});

afterAll(() => scene?.stop());

const customer = (idempotencyKey: string) =>
  scene.payments.createCustomer({ email: "c@example.com", metadata: {} }, idempotencyKey);

describe("with a clock that is moved", () => {
  it("a checkout that nobody paid expires after a day, with an event, and cannot be paid", async () => {
    const { id } = await customer(key());
    const checkout = await openCheckout(scene, id, 900);
    offset += 24 * HOUR;
    expect(await scene.payments.getCheckout(checkout.id)).toMatchObject({ status: "expired", url: null, paid: false });
    await scene.receiver.until("checkout.session.expired", checkout.id);
    await expect(scene.control(`/complete-checkout/${checkout.id}`)).rejects.toThrow(/expired/);
  });

  it("an onboarding link leads back to the refresh URL after five minutes", async () => {
    const account = await scene.payments.createAccount({ email: "c@example.com", metadata: {} }, key());
    const links = {
      accountId: account.id,
      refreshUrl: "http://127.0.0.1:9/refresh",
      returnUrl: "http://127.0.0.1:9/return",
    };
    const { url } = await scene.payments.createAccountLink(links, key());
    offset += 299_000;
    expect((await fetch(url, { redirect: "manual" })).status).toBe(200);
    offset += 2000;
    const late = await fetch(url, { redirect: "manual" });
    expect(late.headers.get("location")).toBe("http://127.0.0.1:9/refresh");
  });

  it("keys are remembered for a day and then forgotten, as at Stripe", async () => {
    const first = await customer("k-day");
    offset += 23 * HOUR;
    expect(await customer("k-day")).toEqual(first);
    offset += 2 * HOUR;
    expect(await customer("k-day")).not.toEqual(first);
  });

  it("signatures keep the real time, which is what their reader compares with", async () => {
    const { id } = await customer(key());
    const { body, header, event } = await scene.receiver.until("customer.created", id);
    expect(scene.payments.verifyEvent(body, header).id).toBe(event.id);
    expect(Date.parse(event.createdAt)).toBeGreaterThan(Date.now() + 40 * HOUR);
  });

  it("lists by creation time", async () => {
    const before = new Date(Date.now() + offset + HOUR).toISOString();
    offset += 2 * HOUR;
    const account = await scene.payments.createAccount({ email: "l@example.com", metadata: { mark: "late" } }, key());
    const found: string[] = [];
    for await (const { id } of scene.payments.list("account", { since: before })) found.push(id);
    expect(found).toEqual([account.id]);
  });
});
