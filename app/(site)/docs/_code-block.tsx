import { CopyButton } from "../../_components/copy-button.tsx";

const NAMES: Record<string, string> = {
  ts: "TypeScript",
  sh: "Shell",
  json: "JSON",
  http: "HTTP",
  output: "Prints",
  text: "States",
};

/** What there is no use in copying. */
const SHOWN = ["output", "text"];

/** Code as it can be copied. What a program prints looks like the paper it is printed on, and is not copied. */
export function CodeBlock({ language, text }: { language: string; text: string }) {
  const code = text.replace(/\n$/, "");
  return (
    <figure className="overflow-hidden rounded-card border border-line">
      <figcaption className="flex h-9 items-center justify-between border-b border-line bg-sunken pr-1 pl-4 text-12 text-faint [&_button]:h-7 [&_button]:border-transparent [&_button]:bg-transparent [&_button]:px-2 [&_button]:text-12 [&_button]:text-soft">
        {NAMES[language] ?? language}
        {!SHOWN.includes(language) && <CopyButton text={code} />}
      </figcaption>
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
        tabIndex={0}
        className="overflow-x-auto rounded-none border-0 bg-raised p-4 font-mono text-13 leading-relaxed"
      >
        <code>{code}</code>
      </pre>
    </figure>
  );
}
