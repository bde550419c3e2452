import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { key, openCheckout, type Scene, startScene } from "./support.ts";

let scene: Scene;

beforeAll(async () => {
  scene = await startScene();
});

afterAll(() => scene?.stop());

const CARD = { number: "4242 4242 4242 4242", expiry: "12 / 34", cvc: "123", name: "Ada Byron" };

async function open(url: string) {
  const response = await fetch(url, { redirect: "manual" });
  const html = await response.text();
  return { response, html, token: /name="token" value="([^"]+)"/.exec(html)?.[1] ?? "" };
}

function send(url: string, fields: Record<string, string>, headers: Record<string, string> = {}) {
  return fetch(url, { method: "POST", redirect: "manual", headers, body: new URLSearchParams(fields) });
}

async function checkoutPage(amountCents = 2500) {
  const { id: customerId } = await scene.payments.createCustomer({ email: "p@example.com", metadata: {} }, key());
  const checkout = await openCheckout(scene, customerId, amountCents);
  const url = checkout.url ?? "";
  return { checkout, url, ...(await open(url)) };
}

describe("the Checkout page", () => {
  it("shows the amount, marks itself as a stand-in, and runs no script", async () => {
    const { response, html } = await checkoutPage(123_456);
    expect(html).toContain("$1,234.56");
    expect(html).toContain("Stripe stand-in, no real money");
    expect(html).not.toContain("<script");
    const policy = response.headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    // The browser must be allowed to follow the redirect after the form.
    expect(policy).toContain("form-action 'self' http://127.0.0.1:9");
  });

  it("pays and redirects to the success URL with the session's id; a second post pays nothing more", async () => {
    const { checkout, url, token } = await checkoutPage();
    const before = await scene.payments.getBalance();
    const paid = await send(url, { token, ...CARD });
    expect(paid.status).toBe(303);
    expect(paid.headers.get("location")).toBe(`http://127.0.0.1:9/wallet?session=${checkout.id}`);
    const again = await send(url, { token, ...CARD });
    expect(again.headers.get("location")).toBe(`http://127.0.0.1:9/wallet?session=${checkout.id}`);
    expect((await scene.payments.getBalance()).availableCents).toBe(before.availableCents + 2500);
    await scene.receiver.until("checkout.session.completed", checkout.id);
  });

  it("pays once when two posts race", async () => {
    const { url, token } = await checkoutPage();
    const before = await scene.payments.getBalance();
    const answers = await Promise.all(Array.from({ length: 6 }, () => send(url, { token, ...CARD })));
    expect(answers.map((answer) => answer.status)).toEqual(Array(6).fill(303));
    expect((await scene.payments.getBalance()).availableCents).toBe(before.availableCents + 2500);
  });

  it.each([
    ["a declined card", { number: "4000000000000002" }, "Your card was declined."],
    ["a card without funds", { number: "4000000000009995" }, "Your card has insufficient funds."],
    ["a real-looking card", { number: "4111111111111111" }, "Only test cards are accepted here"],
    ["an expired date", { expiry: "01 / 20" }, "expiry date is in the past"],
    ["a short code", { cvc: "1" }, "security code has 3 or 4 digits"],
  ])("keeps the page and says why for %s", async (_name, change, sentence) => {
    const { checkout, url, token } = await checkoutPage();
    const answer = await send(url, { token, ...CARD, ...change });
    expect(answer.status).toBe(422);
    expect((await answer.text()).replaceAll("&#39;", "'")).toContain(sentence);
    expect(await scene.payments.getCheckout(checkout.id)).toMatchObject({ paid: false, status: "open" });
  });

  it("refuses a post without its token or from another site", async () => {
    const { checkout, url, token } = await checkoutPage();
    expect((await send(url, CARD)).status).toBe(403);
    expect((await send(url, { token, ...CARD }, { "sec-fetch-site": "cross-site" })).status).toBe(403);
    expect(await scene.payments.getCheckout(checkout.id)).toMatchObject({ paid: false });
  });

  it("escapes what others wrote", async () => {
    const { id } = await scene.payments.createCustomer(
      { email: '"><script>x</script>@example.com', metadata: {} },
      key(),
    );
    const checkout = await openCheckout(scene, id, 900);
    const { html, token } = await open(checkout.url ?? "");
    expect(html).not.toContain("<script>");
    const answer = await send(checkout.url ?? "", { token, ...CARD, cvc: "1", name: '"><img src=x>' });
    expect(await answer.text()).not.toContain("<img");
  });

  it("says so when the payment has expired or does not exist", async () => {
    const { checkout, url } = await checkoutPage();
    await scene.stripe.checkout.sessions.expire(checkout.id);
    expect((await open(url)).response.status).toBe(410);
    expect((await open(`${scene.standIn.url}/c/pay/cs_test_nothing`)).response.status).toBe(404);
    expect(await scene.payments.getCheckout(checkout.id)).toMatchObject({ status: "expired", url: null });
  });
});

describe("the onboarding page", () => {
  const FORM = {
    first: "Ada",
    last: "Byron",
    routing: "110000000",
    bank: "000123456789",
    outcome: "verified",
    terms: "on",
  };

  async function onboardingPage() {
    const account = await scene.payments.createAccount({ email: "o@example.com", metadata: {} }, key());
    const links = {
      accountId: account.id,
      refreshUrl: "http://127.0.0.1:9/refresh",
      returnUrl: "http://127.0.0.1:9/return",
    };
    const { url } = await scene.payments.createAccountLink(links, key());
    return { accountId: account.id, url, ...(await open(url)) };
  }

  it("finishes the account, returns, and does not open a second time", async () => {
    const { accountId, url, token } = await onboardingPage();
    const done = await send(url, { token, ...FORM });
    expect([done.status, done.headers.get("location")]).toEqual([303, "http://127.0.0.1:9/return"]);
    expect(await scene.payments.getAccount(accountId)).toMatchObject({ payoutsEnabled: true, detailsSubmitted: true });
    const used = await open(url);
    expect(used.response.headers.get("location")).toBe("http://127.0.0.1:9/refresh");
  });

  it("can end in a restricted account, and a new round mends it", async () => {
    const { accountId, url, token } = await onboardingPage();
    await send(url, { token, ...FORM, outcome: "restricted" });
    expect(await scene.payments.getAccount(accountId)).toMatchObject({ restricted: true, payoutsEnabled: false });
    const links = { accountId, refreshUrl: "http://127.0.0.1:9/refresh", returnUrl: "http://127.0.0.1:9/return" };
    const next = await scene.payments.createAccountLink(links, key());
    await send(next.url, { token: (await open(next.url)).token, ...FORM });
    expect(await scene.payments.getAccount(accountId)).toMatchObject({ restricted: false, payoutsEnabled: true });
  });

  it("keeps the page and names what is missing", async () => {
    const { accountId, url, token } = await onboardingPage();
    const answer = await send(url, { token, first: "", last: "Byron", routing: "1", bank: "12", outcome: "verified" });
    expect(answer.status).toBe(422);
    const html = await answer.text();
    for (const name of ["first", "routing", "bank", "terms"]) expect(html).toContain(`id="${name}-error"`);
    expect(html).toContain('value="Byron"');
    expect(await scene.payments.getAccount(accountId)).toMatchObject({ detailsSubmitted: false });
  });
});
