import { runningCity } from "#server/city.ts";
import { factsOf, fillIn } from "./facts.ts";

type Part = { title: string; text: string };

/** A text whose form an operator fills with its own name and law. Its windows and terms are those the city runs with. */
export function LegalText({ title, lead, parts }: { title: string; lead: string; parts: Part[] }) {
  const facts = factsOf(runningCity().config);
  return (
    <article className="mx-auto max-w-[720px] px-4 py-10 sm:px-6">
      <h1 className="text-28">{title}</h1>
      <p className="mt-3 text-soft">{lead}</p>
      {parts.map((part) => (
        <section key={part.title} className="mt-8">
          <h2 className="text-16">{part.title}</h2>
          <p className="mt-2">{fillIn(part.text, facts)}</p>
        </section>
      ))}
    </article>
  );
}
