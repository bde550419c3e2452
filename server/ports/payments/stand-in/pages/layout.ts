import { createHash } from "node:crypto";
import { html, raw } from "hono/html";
import type { HtmlEscapedString } from "hono/utils/html";

type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

const STYLE = `
:root { color-scheme: light dark; --ink: #14161a; --paper: #fbfaf7; --quiet: #5b606b; --line: #d9d6cd; --accent: #1f5eff;
  --on-accent: #ffffff; --bad: #b3261e; --field: #ffffff; --note: #f1eee5; }
@media (prefers-color-scheme: dark) { :root { --ink: #f2f1ed; --paper: #14161a; --quiet: #a4a9b4; --line: #363a43;
  --accent: #7da2ff; --on-accent: #0b1020; --bad: #ff9a92; --field: #1c1f25; --note: #1c1f25; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
.note { background: var(--note); border-bottom: 1px solid var(--line); color: var(--quiet); font-size: 14px;
  padding: 8px 20px; text-align: center; }
main { max-width: 440px; margin: 0 auto; padding: 32px 20px 64px; }
h1 { font-size: 18px; font-weight: 600; margin: 0 0 4px; }
.amount { font-size: 40px; font-weight: 600; letter-spacing: -0.02em; line-height: 1.2; margin: 0 0 24px;
  font-variant-numeric: tabular-nums; }
p { margin: 0 0 16px; } .quiet { color: var(--quiet); }
label, legend { display: block; font-size: 14px; font-weight: 500; margin: 0 0 4px; padding: 0; }
.field { margin: 0 0 16px; } .pair { display: grid; grid-template-columns: 1fr 1fr; gap: 12px; }
input[type=text], select { width: 100%; min-height: 44px; padding: 8px 12px; font: inherit; color: inherit;
  background: var(--field); border: 1px solid var(--line); border-radius: 8px; font-variant-numeric: tabular-nums; }
input[aria-invalid=true] { border-color: var(--bad); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.check { display: flex; gap: 10px; align-items: flex-start; font-weight: 400; } .check input { margin-top: 2px; width: 18px; height: 18px; accent-color: var(--accent); flex: none; }
button, .button { display: block; width: 100%; min-height: 48px; border: 0; border-radius: 8px; cursor: pointer;
  background: var(--accent); color: var(--on-accent); font: inherit; font-weight: 600; text-align: center;
  text-decoration: none; line-height: 48px; padding: 0 16px; }
.back { display: block; margin-top: 12px; min-height: 44px; line-height: 44px; text-align: center; }
a { color: var(--accent); } .back { color: var(--quiet); }
.alert { border: 1px solid var(--bad); border-radius: 8px; color: var(--bad); padding: 10px 14px; margin: 0 0 16px; }
.error { color: var(--bad); font-size: 14px; margin: 4px 0 0; }
details { margin-top: 32px; border-top: 1px solid var(--line); padding-top: 16px; font-size: 14px; color: var(--quiet); }
summary { cursor: pointer; min-height: 32px; } table { border-collapse: collapse; width: 100%; }
td { padding: 4px 0; vertical-align: top; } td:first-child { white-space: nowrap; padding-right: 16px;
  font-family: ui-monospace, monospace; color: var(--ink); }
`;

const STYLE_HASH = createHash("sha256").update(STYLE).digest("base64");

type Page = {
  title: string;
  body: Html;
  status?: number;
  /** Where a form may lead in the end; the browser applies the rule to the redirect after it as well. */
  leadsTo?: (string | null)[];
};

/** A finished page without scripts. Everything put into it is escaped by the template. */
export async function page({ title, body, status = 200, leadsTo = [] }: Page): Promise<Response> {
  const document = await html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title} · Stripe stand-in</title>
<style>${raw(STYLE)}</style>
</head>
<body>
<header class="note">Stripe stand-in, no real money</header>
<main>${await body}</main>
</body>
</html>`;
  const origins = leadsTo.flatMap((url) => (url && URL.canParse(url) ? [new URL(url).origin] : []));
  return new Response(String(document), {
    status,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-store",
      "content-security-policy": [
        "default-src 'none'",
        `style-src 'sha256-${STYLE_HASH}'`,
        `form-action 'self' ${[...new Set(origins)].join(" ")}`.trim(),
        "base-uri 'none'",
        "frame-ancestors 'none'",
      ].join("; "),
      "referrer-policy": "same-origin",
      "x-content-type-options": "nosniff",
    },
  });
}

type TextField = {
  name: string;
  label: string;
  value?: string | undefined;
  error?: string | undefined;
  hint?: string;
  autocomplete?: string;
  numeric?: boolean;
};

export function textField(field: TextField): Html {
  const { name, label, value = "", error, hint = "", autocomplete = "off", numeric = false } = field;
  return html`<div class="field">
<label for="${name}">${label}</label>
<input type="text" id="${name}" name="${name}" value="${value}" placeholder="${hint}" autocomplete="${autocomplete}"
 inputmode="${numeric ? "numeric" : "text"}" required
 ${error ? html`aria-invalid="true" aria-describedby="${name}-error"` : ""}>
${error ? html`<p class="error" id="${name}-error">${error}</p>` : ""}
</div>`;
}

/** A page that only says something, with one way on. */
export function message(title: string, text: string, onward: { href: string; label: string } | null, status = 200) {
  const body = html`<h1>${title}</h1><p class="quiet">${text}</p>
${onward ? html`<a class="button" href="${onward.href}">${onward.label}</a>` : ""}`;
  return page({ title, body, status });
}
