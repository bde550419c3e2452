import type { Metadata } from "next";
import Link from "next/link";
import { apiDocument } from "./_document.ts";
import { Method } from "./_operation.tsx";

export const metadata: Metadata = { title: "API reference" };

export default async function ApiIndex() {
  const { server, tags, operations } = await apiDocument();
  return (
    <article className="max-w-[760px]">
      <h1 className="text-28">API reference</h1>
      <p className="mt-3 text-16 text-soft">
        Every endpoint, from the same schemas that validate the calls. All paths are below{" "}
        <code className="figure text-14 wrap-anywhere">{server}</code>. For tools, there is the{" "}
        <a href="/api/v1/openapi.json" className="text-accent underline">
          OpenAPI 3.1 document
        </a>
        .
      </p>
      {tags.map(({ name, description }) => (
        <section key={name} aria-label={name} className="mt-8">
          <h2 className="text-16">
            <Link href={`/docs/api/${name}`} className="capitalize hover:underline">
              {name}
            </Link>
          </h2>
          <p className="mt-1 text-soft">{description}</p>
          <ul className="mt-2 divide-y divide-line rounded-card border border-line bg-raised">
            {operations
              .filter(({ tags }) => tags.includes(name))
              .map(({ operationId, method, path, summary }) => (
                <li
                  key={operationId}
                  className="relative flex flex-wrap items-baseline justify-between gap-x-6 px-4 py-2 hover:bg-sunken"
                >
                  <Link href={`/docs/api/${name}#${operationId}`} className="row-link figure text-13 wrap-anywhere">
                    <Method name={method} /> {path}
                  </Link>
                  <span className="text-13 text-soft">{summary}</span>
                </li>
              ))}
          </ul>
        </section>
      ))}
    </article>
  );
}
