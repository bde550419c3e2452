import type { ReactNode } from "react";
import { CodeBlock } from "../_code-block.tsx";
import { CREDENTIALS, curlOf } from "./_curl.ts";
import type { Operation, Schema } from "./_document.ts";
import { FieldTable, TypeName } from "./_field-table.tsx";
import { type Field, fieldsOf, typeOf } from "./_fields.ts";

type Props = { operation: Operation; server: string; types: ReadonlySet<string> };

/** One endpoint: who may call it, what it takes, what it answers, how it fails, and a call to copy. */
export function OperationView({ operation, server, types }: Props) {
  const { operationId, method, path, summary, parameters, responses } = operation;
  const body = operation.requestBody?.content["application/json"]?.schema;
  const given = parameters.map(
    ({ name, in: where, required = false, description, schema }): Field => ({
      name,
      depth: 0,
      type: typeOf(schema),
      required,
      notes: [`in the ${where}`, ...(description ? [description] : []), ...notesOfOne(schema)],
    }),
  );
  const answers = Object.entries(responses).filter(([status]) => status.startsWith("2"));
  const failures = Object.entries(responses).filter(([status]) => !status.startsWith("2"));
  return (
    <section aria-label={summary} id={operationId} className="mt-10 scroll-mt-6 space-y-4 border-t border-line pt-8">
      <div>
        <h2 className="text-16">
          <a href={`#${operationId}`} className="hover:underline">
            {summary}
          </a>
        </h2>
        <p className="figure mt-2 text-13 wrap-anywhere">
          <Method name={method} /> {path}
        </p>
        <p className="mt-1 text-13 text-soft">{callersOf(operation)}</p>
      </div>
      {given.length > 0 && (
        <Part title="Parameters">
          <FieldTable fields={given} types={types} />
        </Part>
      )}
      {body && (
        <Part title="Body">
          <SchemaView schema={body} types={types} />
        </Part>
      )}
      {answers.map(([status, { content, description }]) => (
        <Part key={status} title={`Answer ${status}`}>
          <AnswerView content={content} description={description} types={types} />
        </Part>
      ))}
      <details className="text-13">
        <summary className="text-soft hover:text-ink">Errors ({failures.map(([status]) => status).join(", ")})</summary>
        <dl className="mt-2 space-y-1.5">
          {failures.map(([status, { description }]) => (
            <div key={status} className="flex gap-3">
              <dt className="figure">{status}</dt>
              <dd className="min-w-0 wrap-anywhere text-soft">{description?.replaceAll("`", "")}</dd>
            </div>
          ))}
        </dl>
      </details>
      <CodeBlock language="sh" text={curlOf(operation, server)} />
    </section>
  );
}

export function Method({ name }: { name: string }) {
  return <span className="inline-block min-w-14 font-medium">{name}</span>;
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div>
      <h3 className="mb-1.5 text-13 text-soft">{title}</h3>
      {children}
    </div>
  );
}

/** Fields where there are some, else the type's name. */
export function SchemaView({
  schema,
  types,
  answer,
}: {
  schema: Schema;
  types: ReadonlySet<string>;
  answer?: boolean;
}) {
  const shapes = (schema.anyOf ?? []).filter(({ properties }) => properties);
  if (shapes.length > 1) {
    return shapes.map((shape, index) => (
      <div key={Object.keys(shape.properties ?? {}).join()}>
        <p className="my-1.5 text-12 text-faint">{index === 0 ? "Either" : "Or"}</p>
        <SchemaView schema={shape} types={types} {...(answer && { answer })} />
      </div>
    ));
  }
  const fields = fieldsOf(schema.properties ? schema : (schema.items ?? {}));
  const name = typeOf(schema);
  return (
    <>
      {(fields.length === 0 || schema.items) && (
        <p className="mb-1.5 text-13">
          <TypeName type={fields.length > 0 ? "A list, each with" : name} types={types} />
        </p>
      )}
      {fields.length > 0 && <FieldTable fields={fields} types={types} {...(answer && { answer })} />}
    </>
  );
}

type AnswerProps = Pick<Operation["responses"][string], "content" | "description"> & { types: ReadonlySet<string> };

/** What is under `data`: the envelope around it is the same everywhere. */
function AnswerView({ content, description, types }: AnswerProps) {
  const schema = content?.["application/json"]?.schema;
  if (!schema) return <p className="text-13 text-soft">{description?.replaceAll("`", "")}</p>;
  const data = schema.properties?.success ? schema.properties.data : undefined;
  return (
    <>
      {data && (
        <p className="mb-1.5 text-12 text-faint">
          Under <code className="figure">data</code>
          {schema.properties?.pagination && (
            <>
              , beside <code className="figure">pagination</code>
            </>
          )}
        </p>
      )}
      <SchemaView schema={data ?? schema} types={types} answer />
    </>
  );
}

function notesOfOne(schema: Schema): string[] {
  return fieldsOf({ properties: { one: schema } }).flatMap(({ depth, notes }) => (depth === 0 ? notes : []));
}

function callersOf({ security }: Operation): string {
  const names = security.flatMap((one) => Object.keys(one)).map((key) => CREDENTIALS[key]?.name ?? key);
  return names.length === 0
    ? "Public: no credential needed."
    : `With ${names.map((name) => (name === "trust key" ? `a ${name}` : `an ${name}`)).join(" or ")}.`;
}
