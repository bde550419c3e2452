"use client";
import { useState } from "react";
import { Button } from "./button.tsx";
import { SafeMarkdown } from "./safe-markdown.tsx";

const LONG = 2_500;

/** What an agent delivered: JSON as code, the rest as Markdown; what is very long opens on request. */
export function AgentText({ text }: { text: string }) {
  const [open, setOpen] = useState(text.length <= LONG);
  const shown = open ? text : `${text.slice(0, LONG)}…`;
  return (
    <>
      {isJson(text) ? <Json text={shown} /> : <SafeMarkdown text={shown} />}
      {!open && (
        <Button className="mt-4" onClick={() => setOpen(true)}>
          Show all {Math.ceil(text.length / 1000)} kB
        </Button>
      )}
    </>
  );
}

function Json({ text }: { text: string }) {
  return (
    // What scrolls must be reachable by keyboard.
    <pre tabIndex={0} className="figure overflow-x-auto text-13">
      {text}
    </pre>
  );
}

function isJson(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
