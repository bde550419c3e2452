import type { Context, Hono } from "hono";
import { html } from "hono/html";
import { formatCents } from "#server/kernel/money.ts";
import { readCard, TEST_CARDS } from "../cards.ts";
import { openSession, paySession, successUrl } from "../checkout.ts";
import { StripeAnswer } from "../errors.ts";
import type { CheckoutSession } from "../objects.ts";
import { hiddenOf, lookUp } from "../store.ts";
import { inCall, type World } from "../world.ts";
import { formToken, readOwnForm } from "./form-token.ts";
import { message, page, textField } from "./layout.ts";

type Shown = { session: CheckoutSession; title: string; email: string | null };
type Typed = { number: string; expiry: string; cvc: string; name: string };
type Problem = { field: keyof Typed | "form"; message: string };

const EMPTY: Typed = { number: "", expiry: "", cvc: "", name: "" };
const PATH = "/c/pay/:id";

/** The hosted payment page. Whoever has its address may pay, as at Stripe; the address cannot be guessed. */
export function checkoutPages(app: Hono, world: World): void {
  app.get(PATH, (c) => withSession(world, c, async (shown) => showForm(world, shown, EMPTY, null)));
  app.post(PATH, (c) => withSession(world, c, (shown) => pay(world, c, shown)));
}

async function withSession(world: World, c: Context, next: (shown: Shown) => Promise<Response>): Promise<Response> {
  try {
    const shown = await inCall(world, async (call): Promise<Shown> => {
      const session = await openSession(call, c.req.param("id") ?? "");
      const { title } = await hiddenOf(call, session.id);
      const customer = session.customer ? await lookUp(call, "customer", session.customer) : undefined;
      return { session, title: String(title), email: customer?.email ?? session.customer_email };
    });
    const { session } = shown;
    if (session.status === "complete") {
      if (c.req.method === "POST") return c.redirect(successUrl(session), 303);
      const onward = { href: successUrl(session), label: "Continue" };
      return message("Payment complete", "This payment has been made already.", onward);
    }
    if (session.status === "expired") {
      const onward = session.cancel_url ? { href: session.cancel_url, label: "Back" } : null;
      return message("This page has expired", "Nothing was charged. Start the payment again.", onward, 410);
    }
    return await next(shown);
  } catch (error) {
    if (!(error instanceof StripeAnswer)) throw error;
    return message("Page not found", "There is no payment at this address.", null, 404);
  }
}

async function pay(world: World, c: Context, shown: Shown): Promise<Response> {
  const form = await readOwnForm(world, c, shown.session.id);
  if (!form) return message("Please try again", "The form did not come from this page.", null, 403);
  const text = (name: keyof Typed) => form.get(name) ?? "";
  const typed = { number: text("number"), expiry: text("expiry"), cvc: text("cvc"), name: text("name") };
  const read = readCard(typed, await world.now());
  if ("field" in read) return showForm(world, shown, typed, read);

  const result = await inCall(world, async (call) => {
    // Read again under the lock: another tab may have paid meanwhile.
    const session = await openSession(call, shown.session.id);
    return session.status === "open" ? paySession(call, session, read.card, read.input) : { session, failure: null };
  });
  if (result.failure) return showForm(world, shown, typed, { field: "form", message: result.failure.message });
  const next = result.session.status === "complete" ? successUrl(result.session) : `/c/pay/${result.session.id}`;
  return c.redirect(next, 303);
}

function showForm(world: World, shown: Shown, typed: Typed, problem: Problem | null): Promise<Response> {
  const { session, title, email } = shown;
  const amount = formatCents(session.amount_total);
  const errorOf = (field: keyof Typed) => (problem?.field === field ? problem.message : undefined);
  const body = html`<h1>${title}</h1>
<p class="amount">${amount}</p>
${problem?.field === "form" ? html`<p class="alert" role="alert">${problem.message}</p>` : ""}
<form method="post" action="/c/pay/${session.id}">
<input type="hidden" name="token" value="${formToken(world, session.id)}">
${email ? html`<p class="quiet">Receipt to ${email}</p>` : ""}
${textField({ name: "number", label: "Card number", value: typed.number, error: errorOf("number"), hint: "4242 4242 4242 4242", autocomplete: "cc-number", numeric: true })}
<div class="pair">
${textField({ name: "expiry", label: "Expiry (MM / YY)", value: typed.expiry, error: errorOf("expiry"), hint: "12 / 34", autocomplete: "cc-exp" })}
${textField({ name: "cvc", label: "Security code", value: typed.cvc, error: errorOf("cvc"), hint: "123", autocomplete: "cc-csc", numeric: true })}
</div>
${textField({ name: "name", label: "Name on card", value: typed.name, autocomplete: "cc-name" })}
<button type="submit">Pay ${amount}</button>
${session.cancel_url ? html`<a class="back" href="${session.cancel_url}">Cancel and go back</a>` : ""}
</form>
${testCards()}`;
  const leadsTo = [session.success_url.replaceAll(/[{}]/g, ""), session.cancel_url];
  return page({ title: `Pay ${amount}`, body, leadsTo, status: problem ? 422 : 200 });
}

function testCards() {
  const outcome = (card: (typeof TEST_CARDS)[number]) => {
    if (card.present) return card.present.decline_code ?? card.present.code;
    if (card.absent) return `pays here; later charges fail (${card.absent.decline_code})`;
    return card.chargedBack ? "pays, then is charged back" : "pays";
  };
  return html`<details><summary>Test cards</summary><table>
${TEST_CARDS.map((card) => html`<tr><td>${card.number.replace(/(\d{4})(?=\d)/g, "$1 ")}</td><td>${outcome(card)}</td></tr>`)}
</table><p>Any expiry date ahead, any security code, any name.</p></details>`;
}
