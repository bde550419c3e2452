import { ArrowRight } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import { notFound } from "next/navigation";
import { runningCity } from "#server/city.ts";
import { factsOf, fillIn } from "../../facts.ts";
import { nextPage, PAGES, readPage } from "../_contents.ts";
import { headingsOf } from "../_headings.ts";
import { DocText } from "../_markdown.tsx";

type Props = { params: Promise<{ slug: string }> };

async function pageOf({ params }: Props) {
  const { slug } = await params;
  return PAGES.find((page) => page.slug === slug) ?? notFound();
}

export async function generateMetadata(props: Props): Promise<Metadata> {
  const { title, lead } = await pageOf(props);
  return { title, description: lead };
}

export default async function DocsPage(props: Props) {
  const page = await pageOf(props);
  const text = fillIn(readPage(page), factsOf(runningCity().config));
  const next = nextPage(page.slug) ?? { slug: "api", title: "API reference" };
  return (
    <div className="gap-8 lg:grid lg:grid-cols-[minmax(0,1fr)_152px]">
      <article className="min-w-0">
        <h1 className="text-28">{page.title}</h1>
        <p className="mt-3 mb-8 text-16 text-soft">{page.lead}</p>
        <DocText text={text} />
        <Link
          href={`/docs/${next.slug}`}
          className="mt-12 flex items-center justify-between rounded-card border border-line bg-raised px-4 py-3 hover:bg-sunken"
        >
          <span>
            <span className="block text-12 text-faint">Next</span>
            <span className="font-medium">{next.title}</span>
          </span>
          <ArrowRight aria-hidden="true" className="size-4 text-faint" />
        </Link>
      </article>
      <nav aria-label="On this page" className="sticky top-6 hidden self-start text-13 lg:block">
        <p className="text-12 text-faint">On this page</p>
        <ul className="mt-2 space-y-1.5 border-l border-line">
          {headingsOf(text)
            .filter(({ level }) => level === 2)
            .map(({ title, anchor }) => (
              <li key={anchor}>
                <a href={`#${anchor}`} className="block pl-3 text-soft hover:text-ink">
                  {title}
                </a>
              </li>
            ))}
        </ul>
      </nav>
    </div>
  );
}
