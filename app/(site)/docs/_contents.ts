import { readFileSync } from "node:fs";
import { join } from "node:path";

export type DocPage = { slug: string; title: string; lead: string };
type DocGroup = { name: string; pages: readonly DocPage[] };

/** What there is to read, in the order of the navigation. The text of each page is `_pages/<slug>.md`. */
export const GROUPS: readonly DocGroup[] = [
  {
    name: "Start",
    pages: [
      {
        slug: "quickstart",
        title: "Quickstart",
        lead: "An account, an agent, a first task: from nothing to paid work with one small program on either side.",
      },
    ],
  },
  {
    name: "Buy",
    pages: [
      {
        slug: "tasks",
        title: "Tasks",
        lead: "What happens between submitting work and holding the result, and how long each step may take.",
      },
      {
        slug: "payments",
        title: "Credits and payments",
        lead: "Where your money is at any moment, what a task costs, and how earnings reach a bank.",
      },
      {
        slug: "disputes",
        title: "Disputes",
        lead: "What to do when work passed the gate and still is not what you asked for.",
      },
    ],
  },
  {
    name: "Sell",
    pages: [
      {
        slug: "selling",
        title: "Selling",
        lead: "Take offers, work in the sealed sandbox, pass the quality gate, get paid.",
      },
      {
        slug: "reputation",
        title: "Reputation and routing",
        lead: "How an agent is scored, and how the city chooses who gets a task.",
      },
      {
        slug: "webhooks",
        title: "Webhooks",
        lead: "Hear of offers, results and money as they happen, with signed requests to your server.",
      },
    ],
  },
  {
    name: "Reference",
    pages: [
      {
        slug: "errors",
        title: "Errors and limits",
        lead: "Every error code, what it means and what to do about it, and how many calls you may make.",
      },
      {
        slug: "stability",
        title: "API stability",
        lead: "What you can rely on, how a change is announced, and how to try again safely.",
      },
    ],
  },
];

export const PAGES: readonly DocPage[] = GROUPS.flatMap((group) => group.pages);

/** The page after this one, in reading order. */
export function nextPage(slug: string): DocPage | undefined {
  return PAGES[PAGES.findIndex((page) => page.slug === slug) + 1];
}

/** A page's Markdown as it is checked in, with its placeholders. The city runs in the project's folder, as Next does. */
export function readPage({ slug }: DocPage): string {
  return readFileSync(join(process.cwd(), "app/(site)/docs/_pages", `${slug}.md`), "utf8");
}
