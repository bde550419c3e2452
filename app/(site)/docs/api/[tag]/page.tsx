import type { Metadata } from "next";
import Link from "next/link";
import { notFound } from "next/navigation";
import { apiDocument, type Operation, type Schema } from "../_document.ts";
import { namesIn } from "../_fields.ts";
import { OperationView, SchemaView } from "../_operation.tsx";

type Props = { params: Promise<{ tag: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { tag } = await params;
  return { title: `API: ${tag}` };
}

export default async function ApiTag({ params }: Props) {
  const { tag } = await params;
  const { server, tags, operations, schemas } = await apiDocument();
  const group = tags.find(({ name }) => name === tag) ?? notFound();
  const members = operations.filter((operation) => operation.tags.includes(tag));
  const types = new Set(members.flatMap(schemasOf).flatMap((schema) => [...namesIn(schema, schemas)]));
  return (
    <article className="max-w-[760px]">
      <Link href="/docs/api" className="text-13 text-soft hover:text-ink">
        API reference
      </Link>
      <h1 className="mt-1 text-28 capitalize">{group.name}</h1>
      <p className="mt-3 text-16 text-soft">{group.description}</p>
      {members.map((operation) => (
        <OperationView key={operation.operationId} operation={operation} server={server} types={types} />
      ))}
      {types.size > 0 && (
        <section aria-label="Types" className="mt-12 border-t border-line pt-8">
          <h2 className="text-20">Types</h2>
          {[...types].sort().map((name) => (
            <section key={name} id={`type-${name}`} aria-label={name} className="mt-6 scroll-mt-6">
              <h3 className="figure mb-1.5 text-14">{name}</h3>
              <SchemaView schema={schemas[name] ?? {}} types={types} answer />
            </section>
          ))}
        </section>
      )}
    </article>
  );
}

/** What an operation takes and what it answers when it works; its errors are the same everywhere. */
function schemasOf({ requestBody, parameters, responses }: Operation): Schema[] {
  const answers = Object.entries(responses).flatMap(([status, { content }]) =>
    status.startsWith("2") ? [content] : [],
  );
  return [
    ...parameters.map(({ schema }) => schema),
    ...[requestBody?.content, ...answers].flatMap((content) =>
      Object.values(content ?? {}).map(({ schema }) => schema),
    ),
  ];
}
