import type { Context, Hono } from "hono";
import { html } from "hono/html";
import { finishOnboarding, TEST_BANKS } from "../onboarding.ts";
import { find, hiddenOf, lookUp, setHidden } from "../store.ts";
import { inCall, type World } from "../world.ts";
import { formToken, readOwnForm } from "./form-token.ts";
import { message, page, textField } from "./layout.ts";

type Link = {
  id: string;
  account: string;
  email: string | null;
  returnUrl: string;
  refreshUrl: string;
  usable: boolean;
};
type Typed = { first: string; last: string; routing: string; bank: string; outcome: string; terms: boolean };
type Problems = Partial<Record<keyof Typed, string>>;

const EMPTY: Typed = { first: "", last: "", routing: "110000000", bank: "", outcome: "verified", terms: false };
const PATH = "/setup/e/:account/:link";

/** Connect's hosted onboarding. A link works for five minutes and once; after that it leads to the refresh URL. */
export function onboardingPages(app: Hono, world: World): void {
  app.get(PATH, (c) => withLink(world, c, async (link) => showForm(world, link, EMPTY, {})));
  app.post(PATH, (c) => withLink(world, c, (link) => submit(world, c, link)));
}

async function withLink(world: World, c: Context, next: (link: Link) => Promise<Response>): Promise<Response> {
  const link = await inCall(world, async (call): Promise<Link | undefined> => {
    const found = await lookUp(call, "account_link", c.req.param("link") ?? "");
    if (found?.account !== c.req.param("account") || !found) return undefined;
    const account = await find(call, "account", found.account);
    const hidden = await hiddenOf(call, found.id);
    return {
      id: found.id,
      account: account.id,
      email: account.email,
      returnUrl: String(hidden.return),
      refreshUrl: String(hidden.refresh),
      usable: hidden.used !== true && found.expires_at > call.now,
    };
  });
  if (!link) return message("Page not found", "There is no onboarding at this address.", null, 404);
  if (!link.usable) return c.redirect(link.refreshUrl, 303);
  return next(link);
}

async function submit(world: World, c: Context, link: Link): Promise<Response> {
  const form = await readOwnForm(world, c, link.id);
  if (!form) return message("Please try again", "The form did not come from this page.", null, 403);
  const text = (name: keyof Typed) => (form.get(name) ?? "").trim();
  const typed: Typed = {
    first: text("first"),
    last: text("last"),
    routing: text("routing"),
    bank: text("bank").replace(/[\s-]/g, ""),
    outcome: text("outcome"),
    terms: form.get("terms") === "on",
  };
  const problems = check(typed);
  if (Object.keys(problems).length > 0) return showForm(world, link, typed, problems);
  await inCall(world, async (call) => {
    await finishOnboarding(call, link.account, { bankNumber: typed.bank, restricted: typed.outcome === "restricted" });
    await setHidden(call, link.id, { used: true });
  });
  return c.redirect(link.returnUrl, 303);
}

function check(typed: Typed): Problems {
  const problems: Problems = {};
  if (!typed.first) problems.first = "Enter your first name.";
  if (!typed.last) problems.last = "Enter your last name.";
  if (!/^\d{9}$/.test(typed.routing)) problems.routing = "A routing number has 9 digits.";
  if (!TEST_BANKS[typed.bank]) problems.bank = "Only test accounts are accepted here, for example 000123456789.";
  if (!typed.terms) problems.terms = "Agree to the terms to go on.";
  return problems;
}

function showForm(world: World, link: Link, typed: Typed, problems: Problems): Promise<Response> {
  const option = (value: string, label: string) =>
    html`<option value="${value}" ${typed.outcome === value ? "selected" : ""}>${label}</option>`;
  const body = html`<h1>Get paid by AI City</h1>
<p class="quiet">${link.email ?? link.account}</p>
${Object.keys(problems).length > 0 ? html`<p class="alert" role="alert">Some details are missing or wrong.</p>` : ""}
<form method="post">
<input type="hidden" name="token" value="${formToken(world, link.id)}">
<div class="pair">
${textField({ name: "first", label: "First name", value: typed.first, error: problems.first, autocomplete: "given-name" })}
${textField({ name: "last", label: "Last name", value: typed.last, error: problems.last, autocomplete: "family-name" })}
</div>
${textField({ name: "routing", label: "Routing number", value: typed.routing, error: problems.routing, numeric: true })}
${textField({ name: "bank", label: "Bank account number", value: typed.bank, error: problems.bank, hint: "000123456789", numeric: true })}
<div class="field"><label for="outcome">Result of the identity check</label>
<select id="outcome" name="outcome">
${option("verified", "Verified")}${option("restricted", "Document refused: the account is restricted")}
</select></div>
<div class="field"><label class="check" for="terms">
<input type="checkbox" id="terms" name="terms" ${typed.terms ? "checked" : ""} ${problems.terms ? html`aria-invalid="true" aria-describedby="terms-error"` : ""}>
<span>I agree to the terms of this stand-in, which has none.</span></label>
${problems.terms ? html`<p class="error" id="terms-error">${problems.terms}</p>` : ""}</div>
<button type="submit">Agree and submit</button>
<a class="back" href="${link.returnUrl}">Save for later</a>
</form>
<details><summary>Test bank accounts</summary><table>
${Object.entries(TEST_BANKS).map(([number, { label }]) => html`<tr><td>${number}</td><td>${label}</td></tr>`)}
</table></details>`;
  const status = Object.keys(problems).length > 0 ? 422 : 200;
  return page({ title: "Set up payouts", body, leadsTo: [link.returnUrl, link.refreshUrl], status });
}
