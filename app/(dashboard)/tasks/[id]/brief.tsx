import { Section } from "../../../_components/section.tsx";

const SHOWN = new Set(["description", "hasRepo", "redacted", "code", "files"]);

/** What was asked for. The buyer sees all of it, the seller and an operator their own views. */
export function Brief({ input }: { input: Record<string, unknown> }) {
  const files = Array.isArray(input.files) ? (input.files as { path: string; content: string }[]) : [];
  const rest = Object.entries(input).filter(([key]) => !SHOWN.has(key));
  return (
    <Section title="What was asked">
      <p className="whitespace-pre-line wrap-anywhere">{String(input.description)}</p>
      {rest.length > 0 && (
        <dl className="mt-4 space-y-1 border-t border-line pt-3 text-13">
          {rest.map(([key, value]) => (
            <div key={key} className="flex flex-wrap gap-x-4">
              <dt className="w-28 shrink-0 text-soft">{key}</dt>
              <dd className="figure min-w-0 flex-1 wrap-anywhere">
                {typeof value === "string" ? value : JSON.stringify(value)}
              </dd>
            </div>
          ))}
        </dl>
      )}
      {typeof input.code === "string" && <Code name="Code" text={input.code} />}
      {files.map(({ path, content }) => (
        <Code key={path} name={path} text={content} />
      ))}
    </Section>
  );
}

/** A text that opens on request. */
export function Code({ name, text }: { name: string; text: string }) {
  return (
    <details className="mt-3 rounded-control border border-line">
      <summary className="px-3 py-2 text-13">{name}</summary>
      {/* What scrolls must be reachable by keyboard. */}
      <pre tabIndex={0} className="figure max-h-96 overflow-auto border-t border-line bg-sunken p-3 text-13">
        {text}
      </pre>
    </details>
  );
}
