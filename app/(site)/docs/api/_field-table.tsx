import { Fragment } from "react";
import type { Field } from "./_fields.ts";

type Props = { fields: readonly Field[]; types: ReadonlySet<string>; answer?: boolean };

/** Fields by name, type and what is to be known of them. In an answer everything is there unless it says otherwise. */
export function FieldTable({ fields, types, answer = false }: Props) {
  return (
    <ul className="divide-y divide-line rounded-card border border-line bg-raised">
      {fields.map(({ name, depth, type, required, notes }, index) => (
        <li
          // biome-ignore lint/suspicious/noArrayIndexKey: a list that never changes, in which names come again.
          key={index}
          className="px-3 py-1.5 text-13"
          style={{ paddingLeft: 12 + depth * 20 }}
        >
          <code className="figure font-medium">{name}</code>{" "}
          <span className="wrap-anywhere text-soft">
            <TypeName type={type} types={types} />
          </span>
          {required !== answer && (
            <span className="ml-1.5 text-12 text-wait">{answer ? "may be absent" : "required"}</span>
          )}
          {notes.length > 0 && (
            <span className="block text-12 text-faint">{notes.map((note) => note.replace(/\.$/, "")).join(" · ")}</span>
          )}
        </li>
      ))}
    </ul>
  );
}

/** Named types lead to where they are described on the same page. */
export function TypeName({ type, types }: { type: string; types: ReadonlySet<string> }) {
  return type.split(/\b/).map((part, index) =>
    types.has(part) ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text.
      <a key={index} href={`#type-${part}`} className="text-accent underline">
        {part}
      </a>
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text.
      <Fragment key={index}>{part}</Fragment>
    ),
  );
}
