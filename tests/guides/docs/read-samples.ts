import { type DocPage, readPage } from "../../../app/(site)/docs/_contents.ts";
import { fillIn } from "../../../app/(site)/facts.ts";

/** One piece of code printed in our own pages. What it prints follows it in a block of the same name, where it does. */
export type DocSample = { name: string; language: "ts" | "sh"; text: string; prints: string | null };

const FENCE = /^```(\w+)(?: (\S+))?\n([\s\S]*?)^```$/gm;
/** Blocks that show something and are nothing to run. */
const SHOWN = ["text", "json", "http"];

/** Every sample of a page. Throws where a block has no name, a name comes twice, or output belongs to nothing. */
export function readSamples(page: DocPage, facts: Record<string, string>): DocSample[] {
  const samples: DocSample[] = [];
  for (const [, language = "", name, text = ""] of fillIn(readPage(page), facts).matchAll(FENCE)) {
    if (SHOWN.includes(language)) continue;
    const known = samples.find((sample) => sample.name === name);
    if (language === "output" && known && known.prints === null) known.prints = text;
    else if ((language === "ts" || language === "sh") && name && !known) {
      samples.push({ name, language, text, prints: null });
    } else throw new Error(`${page.slug}: the block "${language} ${name ?? ""}" is not in order.`);
  }
  return samples;
}

/** Whether a program printed what its page says: `…` stands for any text, on a line of its own for any lines. */
export function matchesPrinted(stdout: string, prints: string): boolean {
  const lines = prints.trimEnd().split("\n");
  const pattern = lines.map((line) => (line === "…" ? "(?:[^\n]*\n)*" : `${patternOf(line)}\n`)).join("");
  return new RegExp(`^${pattern}$`).test(`${stdout.trimEnd()}\n`);
}

function patternOf(line: string): string {
  return line
    .split("…")
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
    .join("[^\n]*");
}
