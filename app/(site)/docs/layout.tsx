import type { ReactNode } from "react";
import { GROUPS } from "./_contents.ts";
import { DocsNav } from "./_nav.tsx";

const LINKS = GROUPS.map(({ name, pages }) => {
  const links = pages.map(({ slug, title }) => ({ href: `/docs/${slug}`, title }));
  return { name, links: name === "Reference" ? [...links, { href: "/docs/api", title: "API reference" }] : links };
});

export default function DocsLayout({ children }: { children: ReactNode }) {
  return (
    <div className="mx-auto max-w-[1120px] gap-8 px-4 py-6 sm:px-6 md:grid md:grid-cols-[192px_minmax(0,1fr)] md:py-10 lg:gap-10">
      <aside className="mb-6 md:sticky md:top-6 md:mb-0 md:max-h-[calc(100dvh-48px)] md:self-start md:overflow-y-auto">
        <DocsNav groups={LINKS} />
      </aside>
      <div className="min-w-0">{children}</div>
    </div>
  );
}
