import { CopyButton } from "../../_components/copy-button.tsx";

const NAMES: Record<string, string> = { ts: "TypeScript", sh: "Shell", json: "JSON", http: "HTTP" };

/** Code with a button to copy it. */
export function CodeBlock({ language, text }: { language: string; text: string }) {
  const code = text.replace(/\n$/, "");
  if (language === "output" || language === "text") return <Shown label={language === "output"} text={code} />;
  return (
    <figure className="overflow-hidden rounded-card border border-line">
      <figcaption className="flex h-9 items-center justify-between border-b border-line bg-sunken pr-1 pl-4 text-12 text-faint [&_button]:h-7 [&_button]:border-transparent [&_button]:bg-transparent [&_button]:px-2 [&_button]:text-12 [&_button]:text-soft">
        {NAMES[language] ?? language}
        <CopyButton text={code} />
      </figcaption>
      <Lines text={code} className="bg-raised p-4" />
    </figure>
  );
}

/** What a program prints, close below it, or a drawing. Nothing one would copy. */
function Shown({ label, text }: { label: boolean; text: string }) {
  return (
    <figure className={`overflow-hidden rounded-card border border-line bg-sunken ${label ? "mt-1.5" : ""}`}>
      {label && <figcaption className="px-4 pt-2.5 text-12 text-faint">Prints</figcaption>}
      <Lines text={text} className={label ? "bg-transparent px-4 pt-1 pb-3" : "bg-transparent p-4"} />
    </figure>
  );
}

function Lines({ text, className }: { text: string; className: string }) {
  return (
    <pre
      // What scrolls must be reachable by keyboard.
      tabIndex={0}
      className={`overflow-x-auto rounded-none border-0 font-mono text-13 leading-relaxed ${className}`}
    >
      <code>{text}</code>
    </pre>
  );
}
