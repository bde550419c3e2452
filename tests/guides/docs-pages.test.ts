import { readdirSync } from "node:fs";
import { join } from "node:path";
import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, test } from "vitest";
import { ERROR_CODES } from "#server/kernel/errors.ts";
import { settingsSchema } from "#server/settings.ts";
import { SiteFrame } from "../../app/_components/site-frame.tsx";
import { GROUPS, PAGES, readPage } from "../../app/(site)/docs/_contents.ts";
import { headingsOf } from "../../app/(site)/docs/_headings.ts";
import { DocText } from "../../app/(site)/docs/_markdown.tsx";
import { factsOf, fillIn } from "../../app/(site)/facts.ts";
import { errorFromAnswer } from "../../sdk/src/errors.ts";

const APP = join(import.meta.dirname, "../../app");
const FACTS = factsOf({
  publicUrl: "https://city.example",
  demoRepo: null,
  settings: settingsSchema({ production: false }).parse({}),
});
const texts = new Map(PAGES.map((page) => [page.slug, fillIn(readPage(page), FACTS)]));
const html = new Map([...texts].map(([slug, text]) => [slug, renderToStaticMarkup(createElement(DocText, { text }))]));

/** The addresses of the site's pages, as patterns: folders in brackets stand for any text, those in parentheses for none. */
const ROUTES = readdirSync(APP, { recursive: true, encoding: "utf8" })
  .filter((file) => /(^|\/)page\.tsx$/.test(file))
  .map((file) => file.split("/").slice(0, -1))
  .map((folders) => folders.filter((name) => !name.startsWith("(")).map((name) => name.replace(/^\[.*\]$/, "[^/]+")))
  .map((folders) => new RegExp(`^/${folders.join("/")}$`));

const hrefsOf = (markup: string) => [...markup.matchAll(/href="([^"]+)"/g)].map(([, href = ""]) => href);

describe("the docs", () => {
  test.each(PAGES)("$slug: every link leads to a page, and to a heading that is there", ({ slug }) => {
    const wrong = hrefsOf(html.get(slug) ?? "").filter((href) => {
      const { origin, pathname, hash } = new URL(href, `https://city.example/docs/${slug}`);
      if (origin !== "https://city.example") return !href.startsWith("https://");
      // Answered by the city and not by a page; asked for where a city runs.
      if (pathname.startsWith("/api/")) return false;
      const target = /^\/docs\/([\w-]+)$/.exec(pathname)?.[1] ?? "";
      if (hash) return !html.get(target)?.includes(`id="${hash.slice(1)}"`);
      const isDoc = pathname.startsWith("/docs/") && !pathname.startsWith("/docs/api");
      return isDoc ? !html.has(target) : !ROUTES.some((route) => route.test(pathname));
    });
    expect(wrong).toEqual([]);
  });

  test.each(PAGES)("$slug: headings can be linked to, none twice, and no placeholder is left", ({ slug }) => {
    const anchors = headingsOf(texts.get(slug) ?? "").map(({ anchor }) => anchor);
    expect(anchors.length).toBeGreaterThan(2);
    expect(new Set(anchors).size).toBe(anchors.length);
    for (const anchor of anchors) expect(html.get(slug)).toContain(`id="${anchor}"`);
    expect(html.get(slug)).not.toContain("{{");
  });

  test("the link check knows a wrong page, a wrong heading and a right one", () => {
    expect(ROUTES.some((route) => route.test("/settings/developer"))).toBe(true);
    expect(ROUTES.some((route) => route.test("/settings/nowhere"))).toBe(false);
    expect(html.get("payments")).toContain('id="withdraw"');
    expect(html.get("payments")).not.toContain('id="nowhere"');
  });

  test("the numbers are the city's: with other settings the pages say something else", () => {
    const settings = settingsSchema({ production: false }).parse({
      money: { refundMinutes: 45, minimumWithdrawal: 2_000 },
      execution: { cloneSeconds: 20 },
      retention: { deliveryDays: 14 },
    });
    const facts = factsOf({ publicUrl: "", demoRepo: null, settings });
    expect(fillIn("{{refundWindow}}, {{minimumWithdrawal}}", facts)).toBe("45 minutes, $20.00");
    expect(fillIn("{{cloneTime}}, {{deliveryDays}}", facts)).toBe("20 seconds, 14 days");
    expect(FACTS).toMatchObject({ refundWindow: "10 minutes", minimumWithdrawal: "$5.00", disputeDays: "7 days" });
    expect(() => fillIn("{{moonPhase}}", facts)).toThrow("moonPhase");
  });

  test("the table of errors has every code with its status and the class that the SDK throws", () => {
    const rows = [...(texts.get("errors") ?? "").matchAll(/^\| `([A-Z_]+)` *\| (\d{3}) *\| `(\w+)` *\|/gm)];
    const told = Object.fromEntries(rows.map(([, code, status, name]) => [code, `${status} ${name}`]));
    const real = Object.fromEntries(
      Object.entries(ERROR_CODES).map(([code, status]) => {
        const error = errorFromAnswer(status, { error: { code, message: "" } }, new Headers());
        return [code, `${status} ${error.name}`];
      }),
    );
    expect(told).toEqual(real);
  });

  test.each(PAGES)("$slug: every column of a table has a name", ({ slug }) => {
    expect(html.get(slug)).not.toMatch(/<th[^>]*><\/th>/);
  });

  test("the site's header and footer lead to the docs, whose navigation has every page", () => {
    const frame = renderToStaticMarkup(SiteFrame({ signedIn: false, children: null }));
    const [header = "", footer = ""] = frame.split("<main");
    expect(hrefsOf(header)).toContain("/docs");
    expect(hrefsOf(footer).filter((href) => href?.startsWith("/docs"))).not.toEqual([]);
    const files = readdirSync(join(APP, "(site)/docs/_pages")).map((file) => file.replace(/\.md$/, ""));
    expect(GROUPS.flatMap(({ pages }) => pages.map(({ slug }) => slug)).sort()).toEqual(files.sort());
  });
});
