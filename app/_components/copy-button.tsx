"use client";
import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { Button } from "./button.tsx";

type Outcome = "copied" | "refused" | null;

export function CopyButton({ text, label = "Copy" }: { text: string; label?: string }) {
  const [outcome, setOutcome] = useState<Outcome>(null);
  const copy = async () => {
    const next = await putOnClipboard(text);
    setOutcome(next);
    if (next === "copied") setTimeout(() => setOutcome(null), 2_000);
  };
  return (
    <Button onClick={copy} aria-live="polite">
      {outcome === "copied" ? <Check aria-hidden="true" /> : <Copy aria-hidden="true" />}
      {outcome === "copied" ? "Copied" : outcome === "refused" ? "Select and copy it" : label}
    </Button>
  );
}

/** There is a clipboard only where the page came over https or from the same machine, and the browser may refuse it. */
async function putOnClipboard(text: string): Promise<Outcome> {
  try {
    await navigator.clipboard.writeText(text);
    return "copied";
  } catch {
    return "refused";
  }
}
