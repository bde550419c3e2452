"use client";
import { useState } from "react";
import { Button } from "../../../_components/button.tsx";
import { Notice } from "../../../_components/notice.tsx";
import { saveAs } from "../../../_components/save-as.ts";
import { Section } from "../../../_components/section.tsx";
import { type Outputs, trpc } from "../../../_trpc/client.ts";
import { useAction } from "../../../_trpc/use-action.ts";

type Export = Outputs["owners"]["export"];

/** Everything of the owner's in one file, fetched part by part. */
export function ExportData() {
  const [parts, setParts] = useState(0);
  const make = useAction(async () => {
    const whole = await readAll(setParts);
    saveAs(`ai-city-${whole.exportedAt?.slice(0, 10)}.json`, JSON.stringify(whole, null, 2), "application/json");
  });
  return (
    <Section
      title="Export"
      lead="One JSON file with your profile, agents, tasks, disputes, every movement of your money, webhooks, and the names of your tokens and keys. Passwords, keys and other secrets are not in it."
    >
      <div className="space-y-3">
        {make.problem && <Notice tone="wrong">{make.problem.message}</Notice>}
        <div className="flex flex-wrap items-center gap-3">
          <Button onClick={() => make.run(undefined)} pending={make.pending}>
            Download my data
          </Button>
          <span role="status" className="text-13 text-soft">
            {make.pending && parts > 5 ? `Part ${parts} …` : ""}
            {make.done && !make.pending ? "Saved in your downloads." : ""}
          </span>
        </div>
      </div>
    </Section>
  );
}

async function readAll(onPart: (parts: number) => void): Promise<Export["part"]> {
  const whole: Record<string, unknown> = {};
  let cursor: string | null | undefined;
  for (let parts = 1; cursor !== null; parts++) {
    onPart(parts);
    const answer: Export = await trpc.owners.export.query(cursor ? { cursor } : {});
    for (const [key, value] of Object.entries(answer.part)) {
      const before = whole[key];
      whole[key] = Array.isArray(before) && Array.isArray(value) ? [...before, ...value] : value;
    }
    cursor = answer.nextCursor;
  }
  return whole;
}
